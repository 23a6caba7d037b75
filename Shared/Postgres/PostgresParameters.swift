/// The values of one statement as the server reads them: all in binary form, one after the other in one buffer.
struct PostgresParameters {
    private(set) var types: [UInt32] = []
    private(set) var lengths: [Int32] = []
    /// Where each begins in `bytes`; nil: NULL.
    private(set) var offsets: [Int?] = []
    private(set) var bytes: [UInt8] = []

    init(_ values: [PostgresValue]) {
        types.reserveCapacity(values.count)
        lengths.reserveCapacity(values.count)
        offsets.reserveCapacity(values.count)
        for value in values {
            let start = bytes.count
            switch value {
            case .null: break
            case .int(let value): append(UInt64(bitPattern: value))
            case .real(let value): append(value.bitPattern)
            case .text(let value): bytes.append(contentsOf: value.utf8)
            case .bytes(let value): bytes.append(contentsOf: value)
            }
            types.append(Self.type(of: value))
            offsets.append(value == .null ? nil : start)
            lengths.append(Int32(bytes.count - start))
        }
        // An address is needed also of an empty last value.
        bytes.append(0)
    }

    private mutating func append(_ bits: UInt64) {
        withUnsafeBytes(of: bits.bigEndian) { unsafe bytes.append(contentsOf: $0) }
    }

    private static func type(of value: PostgresValue) -> UInt32 {
        switch value {
        case .null: TypeID.unknown
        case .int: TypeID.int8
        case .real: TypeID.float8
        case .text: TypeID.text
        case .bytes: TypeID.bytes
        }
    }

    /// Calls `body` with what libpq wants: addresses, lengths, and that all are binary.
    func withPointers<Value>(
        _ body: (_ values: UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<Int32>?, _ formats: UnsafePointer<Int32>?)
            -> Value
    ) -> Value {
        guard !types.isEmpty else { return unsafe body(nil, nil, nil) }
        let formats = [Int32](repeating: 1, count: types.count)
        return unsafe bytes.withUnsafeBytes { buffer in
            let start = unsafe buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
            let pointers = offsets.map { offset in unsafe offset.flatMap { unsafe start?.advanced(by: $0) } }
            return unsafe pointers.withUnsafeBufferPointer { pointers in
                unsafe lengths.withUnsafeBufferPointer { lengths in
                    unsafe formats.withUnsafeBufferPointer { formats in
                        unsafe body(pointers.baseAddress, lengths.baseAddress, formats.baseAddress)
                    }
                }
            }
        }
    }
}
