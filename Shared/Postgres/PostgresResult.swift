internal import CPostgres

/// The columns of an answer. One object for all answers of a prepared statement, so that what a caller works out from
/// the names can be kept with it.
package final class PostgresColumns {
    package let names: [String]
    /// Whatever the caller wants to find again with the next answer.
    package var attachment: AnyObject?

    init(_ names: [String]) {
        self.names = names
    }
}

/// The answer to one statement. Only good on the connection's thread.
@safe
package final class PostgresResult {
    package let columns: PostgresColumns
    package let rowCount: Int
    private let handle: OpaquePointer
    private let types: [UInt32]

    init(_ handle: OpaquePointer, columns known: PostgresColumns?) {
        unsafe self.handle = handle
        rowCount = unsafe Int(PQntuples(handle))
        let count = unsafe PQnfields(handle)
        types = unsafe (0..<count).map { unsafe PQftype(handle, $0) }
        if let known, known.names.count == Int(count) {
            columns = known
        } else {
            columns = unsafe PostgresColumns((0..<count).map { unsafe String(cString: PQfname(handle, $0)) })
        }
    }

    deinit {
        unsafe PQclear(handle)
    }

    /// How many rows were inserted, updated or deleted; 0 of a statement that does none of these.
    package var changedRows: Int {
        let verb = tag.prefix { $0 != " " }
        guard verb == "INSERT" || verb == "UPDATE" || verb == "DELETE" else { return 0 }
        return unsafe Int(String(cString: PQcmdTuples(handle))) ?? 0
    }

    /// What the server says that it did: "INSERT 0 1", "COMMIT".
    package var tag: String { unsafe String(cString: PQcmdStatus(handle)) }

    /// Nil of a type that this code does not read.
    package func value(row: Int, column: Int) -> PostgresValue? {
        let (row, index) = (Int32(row), Int32(column))
        if unsafe PQgetisnull(handle, row, index) != 0 { return .null }
        let length = unsafe Int(PQgetlength(handle, row, index))
        guard let start = unsafe PQgetvalue(handle, row, index) else { return nil }
        let bytes = unsafe UnsafeRawBufferPointer(start: start, count: length)
        return unsafe Self.value(of: types[column], bytes)
    }

    /// Name of the type that `value` did not read.
    package func typeName(column: Int) -> String { "type \(types[column])" }

    private static func value(of type: UInt32, _ bytes: UnsafeRawBufferPointer) -> PostgresValue? {
        switch type {
        case TypeID.int8: unsafe number(bytes, UInt64.self).map { .int(Int64(bitPattern: $0)) }
        case TypeID.int4: unsafe number(bytes, UInt32.self).map { .int(Int64(Int32(bitPattern: $0))) }
        case TypeID.int2: unsafe number(bytes, UInt16.self).map { .int(Int64(Int16(bitPattern: $0))) }
        case TypeID.objectID: unsafe number(bytes, UInt32.self).map { .int(Int64($0)) }
        case TypeID.bool: unsafe .int(bytes.first == 1 ? 1 : 0)
        case TypeID.float8: unsafe number(bytes, UInt64.self).map { .real(Double(bitPattern: $0)) }
        case TypeID.float4: unsafe number(bytes, UInt32.self).map { .real(Double(Float(bitPattern: $0))) }
        case TypeID.text, TypeID.boundedText, TypeID.fixedText, TypeID.name, TypeID.char, TypeID.literal:
            unsafe .text(String(decoding: bytes, as: UTF8.self))
        case TypeID.bytes: unsafe .bytes([UInt8](bytes))
        case TypeID.numeric: unsafe numeric(bytes)
        case TypeID.void: .null
        default: nil
        }
    }

    private static func number<Number: FixedWidthInteger>(_ bytes: UnsafeRawBufferPointer, _: Number.Type) -> Number? {
        guard bytes.count == MemoryLayout<Number>.size else { return nil }
        return unsafe Number(bigEndian: bytes.loadUnaligned(as: Number.self))
    }

    /// What sums of whole numbers come as: digits to the base of 10,000. A whole number if it is one and fits.
    private static func numeric(_ bytes: UnsafeRawBufferPointer) -> PostgresValue? {
        guard bytes.count >= 8, bytes.count.isMultiple(of: 2) else { return nil }
        let fields = unsafe stride(from: 0, to: bytes.count, by: 2).map { offset in
            unsafe Int16(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Int16.self))
        }
        let (weight, sign) = (Int(fields[1]), UInt16(bitPattern: fields[2]))
        let digits = fields[4...].prefix(Int(fields[0]))
        switch sign {
        case 0, 0x4000: break
        case 0xD000: return .real(.infinity)
        case 0xF000: return .real(-.infinity)
        default: return .real(.nan)
        }
        let isNegative = sign == 0x4000
        if digits.count <= weight + 1, weight < 5 {
            var whole: Int64 = 0
            var fits = true
            for place in 0...max(0, weight) {
                let digit = place < digits.count ? Int64(digits[digits.startIndex + place]) : 0
                let (shifted, over) = whole.multipliedReportingOverflow(by: 10_000)
                let (next, more) = shifted.addingReportingOverflow(isNegative ? -digit : digit)
                fits = fits && !over && !more
                whole = next
            }
            if fits { return .int(digits.isEmpty ? 0 : whole) }
        }
        var real = 0.0
        var unit = 1.0
        for _ in 0..<max(0, weight) { unit *= 10_000 }
        for _ in 0..<max(0, -weight) { unit /= 10_000 }
        for digit in digits {
            real += Double(digit) * unit
            unit /= 10_000
        }
        return .real(isNegative ? -real : real)
    }
}
