/// What is wrong with the input, or with a proto that the generator cannot handle.
struct GeneratorError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// One field as it stands in serialised protobuf.
struct RawField {
    enum Value {
        case varint(UInt64)
        case fixed(UInt64)
        case bytes(ArraySlice<UInt8>)
    }

    let number: Int
    let value: Value
    /// Tag and value as they were read, so that a message can be copied without some of its fields.
    let whole: ArraySlice<UInt8>

    func integer() throws -> Int {
        switch value {
        case .varint(let value), .fixed(let value): Int(truncatingIfNeeded: value)
        case .bytes: throw GeneratorError("field \(number) of a descriptor holds bytes instead of a number")
        }
    }

    func flag() throws -> Bool {
        try integer() != 0
    }

    func bytes() throws -> ArraySlice<UInt8> {
        guard case .bytes(let bytes) = value else {
            throw GeneratorError("field \(number) of a descriptor holds a number instead of bytes")
        }
        return bytes
    }

    func text() throws -> String {
        String(decoding: try bytes(), as: UTF8.self)
    }

    /// A repeated integer, packed or not.
    func integers() throws -> [Int] {
        guard case .bytes(let bytes) = value else { return [try integer()] }
        var reader = ProtoReader(bytes)
        var integers: [Int] = []
        while !reader.isAtEnd {
            integers.append(Int(truncatingIfNeeded: try reader.varint()))
        }
        return integers
    }
}

/// Reads the fields of one serialised message in order. The input is protoc's own output, so it
/// is checked for truncation and nothing else.
struct ProtoReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) {
        rest = bytes
    }

    static func fields(of bytes: ArraySlice<UInt8>) throws -> [RawField] {
        var reader = ProtoReader(bytes)
        var fields: [RawField] = []
        while let field = try reader.next() {
            fields.append(field)
        }
        return fields
    }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func next() throws -> RawField? {
        guard !rest.isEmpty else { return nil }
        let start = rest
        let tag = try varint()
        let value: RawField.Value
        switch tag & 7 {
        case 0: value = .varint(try varint())
        case 1: value = .fixed(try fixed(bytes: 8))
        case 2: value = .bytes(try take(Int(try varint())))
        case 5: value = .fixed(try fixed(bytes: 4))
        default: throw GeneratorError("wire type \(tag & 7) in a descriptor")
        }
        return RawField(number: Int(tag >> 3), value: value, whole: start[start.startIndex..<rest.startIndex])
    }

    mutating func varint() throws -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while let byte = rest.popFirst() {
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return value }
            shift += 7
            guard shift < 64 else { break }
        }
        throw GeneratorError("a number in the descriptor set is cut off or too long")
    }

    private mutating func fixed(bytes count: Int) throws -> UInt64 {
        try take(count).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    private mutating func take(_ count: Int) throws -> ArraySlice<UInt8> {
        guard count >= 0, count <= rest.count else {
            throw GeneratorError("the descriptor set is cut off; run Protos/generate again")
        }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }
}
