import Sodium

/// A digest of rows, of their values' kinds too. The same for the same rows in the same order on every engine.
struct RowChecksum {
    private var stream = SHA256Stream()
    private(set) var rows: Int64 = 0

    mutating func add(_ values: [SQLValue]) {
        var bytes: [UInt8] = []
        for value in values {
            switch value {
            case .null: bytes.append(0)
            case .int(let value): Self.append(1, UInt64(bitPattern: value), to: &bytes)
            case .real(let value): Self.append(2, value.bitPattern, to: &bytes)
            case .text(let value):
                Self.append(3, UInt64(value.utf8.count), to: &bytes)
                bytes.append(contentsOf: value.utf8)
            case .blob(let value):
                Self.append(4, UInt64(value.count), to: &bytes)
                bytes.append(contentsOf: value)
            }
        }
        stream.update(bytes)
        rows += 1
    }

    private static func append(_ tag: UInt8, _ number: UInt64, to bytes: inout [UInt8]) {
        bytes.append(tag)
        for shift in stride(from: 56, through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: number >> shift)) }
    }

    /// In hexadecimal.
    mutating func finish() -> String { Hex.text(stream.finish()) }
}
