import ProtoJSON

/// A JSON value in memory. Objects keep the order of their members.
indirect enum JSONTree {
    case object([(key: String, value: JSONTree)])
    case array([JSONTree])
    case text(String)
    case integer(Int)
    case bool(Bool)

    init(parsing bytes: [UInt8]) throws {
        var json = JSONReader(bytes)
        self = try JSONTree(&json)
        try json.end()
    }

    private init(_ json: inout JSONReader) throws(JSONError) {
        switch json.nextKind() {
        case .object:
            var members: [(key: String, value: JSONTree)] = []
            try json.beginObject()
            while let key = try json.nextKey() { members.append((key, try JSONTree(&json))) }
            self = .object(members)
        case .array:
            var elements: [JSONTree] = []
            try json.beginArray()
            while try json.nextElement() { elements.append(try JSONTree(&json)) }
            self = .array(elements)
        case .text: self = .text(try json.text())
        case .number: self = .integer(try json.integer())
        case .bool: self = .bool(try json.bool())
        case .null, nil: throw json.error("expected a value other than null")
        }
    }

    /// Both together: members of objects are united, elements of arrays appended; else `other` stands.
    func merged(with other: JSONTree) -> JSONTree {
        switch (self, other) {
        case (.object(var members), .object(let others)):
            for (key, value) in others {
                if let index = members.firstIndex(where: { $0.key == key }) {
                    members[index].value = members[index].value.merged(with: value)
                } else {
                    members.append((key, value))
                }
            }
            return .object(members)
        case (.array(let elements), .array(let others)): return .array(elements + others)
        default: return other
        }
    }

    /// The text, broken into lines.
    func rendered() -> String {
        var writer = JSONWriter(isIndented: true)
        write(to: &writer)
        return writer.text
    }

    private func write(to json: inout JSONWriter) {
        switch self {
        case .object(let members):
            json.beginObject()
            for (key, value) in members {
                json.key(key)
                value.write(to: &json)
            }
            json.endObject()
        case .array(let elements):
            json.beginArray()
            for element in elements { element.write(to: &json) }
            json.endArray()
        case .text(let text): json.value(text)
        case .integer(let number): json.raw(Array(String(number).utf8))
        case .bool(let flag): json.value(flag)
        }
    }
}

extension JSONTree: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral,
    ExpressibleByDictionaryLiteral {
    init(stringLiteral value: String) { self = .text(value) }
    init(booleanLiteral value: Bool) { self = .bool(value) }
    init(arrayLiteral elements: JSONTree...) { self = .array(elements) }
    init(dictionaryLiteral elements: (String, JSONTree)...) { self = .object(elements.map { ($0.0, $0.1) }) }
}
