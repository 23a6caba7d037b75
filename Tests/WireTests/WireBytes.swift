/// Serialised protobuf written by hand, right or wrong.
struct WireBytes {
    private(set) var bytes: [UInt8] = []

    static func build(_ body: (inout WireBytes) -> Void) -> [UInt8] {
        var wire = WireBytes()
        body(&wire)
        return wire.bytes
    }

    mutating func raw(_ bytes: [UInt8]) {
        self.bytes += bytes
    }

    mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    mutating func tag(_ number: UInt64, _ wireType: UInt64) {
        varint(number << 3 | wireType)
    }

    mutating func number(_ number: UInt64, _ value: UInt64) {
        tag(number, 0)
        varint(value)
    }

    mutating func field(_ number: UInt64, _ content: [UInt8]) {
        tag(number, 2)
        varint(UInt64(content.count))
        bytes += content
    }

    /// A message inside itself, `depth` times, by the field with this number.
    static func nested(_ number: UInt64, depth: Int) -> [UInt8] {
        var lengths: [Int] = []
        var length = 0
        for _ in 0..<depth {
            lengths.append(length)
            length += WireBytes.build { $0.tag(number, 2); $0.varint(UInt64(length)) }.count
        }
        return build { wire in
            for length in lengths.reversed() {
                wire.tag(number, 2)
                wire.varint(UInt64(length))
            }
        }
    }
}
