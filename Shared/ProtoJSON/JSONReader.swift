/// Reads a JSON text piece by piece, strictly by RFC 8259.
///
/// Generated code asks for what it expects next; anything else is an error that names the place.
package struct JSONReader {
    /// One container that the reader is inside of, for the path of errors.
    enum Step {
        case field(String)
        case key(String)
        case index(Int)
    }

    /// Containers inside containers.
    package static let maxDepth = 100

    let bytes: [UInt8]
    /// Index of the next byte.
    var at = 0
    var path: [Step] = []
    /// Whether the innermost container has an element before the next one.
    private var hasElement = false
    /// Set while the key "@type" of the object that begins next is not a field.
    private var passesTypeKey = false
    /// Depths of the objects around here in which "@type" is not a field.
    private var typeKeyDepths: [Int] = []

    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// After the outermost value: nothing may follow.
    package mutating func end() throws(JSONError) {
        skipSpace()
        guard at == bytes.count else { throw error("nothing may follow the value") }
    }

    // MARK: Objects

    package mutating func beginObject() throws(JSONError) {
        try begin(UInt8(ascii: "{"), "an object", .field(""))
        if passesTypeKey { typeKeyDepths.append(path.count) }
        passesTypeKey = false
    }

    /// The next field of a message that is there and not null; nil at the object's end.
    package mutating func nextField(
        of names: JSONNames, _ seen: inout JSONNames.Seen
    ) throws(JSONError) -> Int? {
        while true {
            guard let (name, position) = try nextName() else { return nil }
            if name == "@type", typeKeyDepths.last == path.count {
                try skipValue()
                continue
            }
            guard let field = names.field(named: name) else {
                path.removeLast()
                defer { path.append(.field("")) }
                throw error("unknown field \(Self.shown(name)); \(names.allowed)", at: position)
            }
            path[path.count - 1] = .field(field.jsonName)
            guard names.insert(field, into: &seen) else { throw error("the field is given twice", at: position) }
            if try !skipNull() { return field.number }
        }
    }

    /// The next key of a map; nil at the object's end.
    package mutating func nextKey() throws(JSONError) -> String? {
        guard let (key, _) = try nextName() else { return nil }
        path[path.count - 1] = .key(key)
        return key
    }

    /// The next name of the object and where it stands; the reader is then at its value.
    private mutating func nextName() throws(JSONError) -> (String, Int)? {
        guard try !isAtEnd(UInt8(ascii: "}"), "an object's name or `}`") else { return nil }
        let position = at
        guard at < bytes.count, bytes[at] == UInt8(ascii: "\"") else { throw error("expected a name in quotes") }
        let name = try readString()
        skipSpace()
        guard at < bytes.count, bytes[at] == UInt8(ascii: ":") else { throw error("expected `:`") }
        at += 1
        return (name, position)
    }

    // MARK: Arrays

    package mutating func beginArray() throws(JSONError) {
        try begin(UInt8(ascii: "["), "a list", .index(-1))
    }

    /// Goes to the next element; false at the array's end.
    package mutating func nextElement() throws(JSONError) -> Bool {
        guard try !isAtEnd(UInt8(ascii: "]"), "an element or `]`") else { return false }
        if case .index(let index) = path[path.count - 1] { path[path.count - 1] = .index(index + 1) }
        return true
    }

    // MARK: Any

    /// The text of "@type" in the object that begins here, which stays unread. The object is then read
    /// as a message of that type, for which "@type" is no field.
    package mutating func typeKey() throws(JSONError) -> String? {
        var ahead = self
        try ahead.beginObject()
        var found: String?
        while let key = try ahead.nextKey() {
            if key == "@type" {
                guard found == nil else { throw ahead.error("the field is given twice") }
                found = try ahead.text()
            } else {
                try ahead.skipValue()
            }
        }
        passesTypeKey = true
        return found
    }

    /// Reads past a value of any kind.
    package mutating func skipValue() throws(JSONError) {
        switch nextKind() {
        case .object:
            try beginObject()
            while try nextKey() != nil { try skipValue() }
        case .array:
            try beginArray()
            while try nextElement() { try skipValue() }
        case .text: _ = try readString()
        case .bool: _ = try bool()
        case .number: _ = try readNumber()
        case .null:
            guard try skipNull() else { throw error("expected a value") }
        case nil: throw error("expected a value")
        }
    }

    /// What can come next in a text.
    package enum Kind: Hashable, Sendable {
        case object, array, text, number, bool, null
    }

    /// What the next value is by its first character; nil if no value begins so.
    package mutating func nextKind() -> Kind? {
        skipSpace()
        guard at < bytes.count else { return nil }
        switch bytes[at] {
        case UInt8(ascii: "{"): return .object
        case UInt8(ascii: "["): return .array
        case UInt8(ascii: "\""): return .text
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool
        case UInt8(ascii: "n"): return .null
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
        default: return nil
        }
    }

    // MARK: Words

    package mutating func bool() throws(JSONError) -> Bool {
        skipSpace()
        if skip("true") { return true }
        if skip("false") { return false }
        throw error("expected true or false")
    }

    /// Reads past a null if there is one.
    package mutating func skipNull() throws(JSONError) -> Bool {
        skipSpace()
        return skip("null")
    }

    private mutating func skip(_ word: StaticString) -> Bool {
        let count = word.utf8CodeUnitCount
        guard count <= bytes.count - at else { return false }
        let matches = word.withUTF8Buffer { word in
            (0..<count).allSatisfy { unsafe bytes[at + $0] == word[$0] }
        }
        if matches { at += count }
        return matches
    }

    // MARK: Containers

    private mutating func begin(_ opening: UInt8, _ what: String, _ step: Step) throws(JSONError) {
        skipSpace()
        guard at < bytes.count, bytes[at] == opening else { throw error("expected \(what)") }
        guard path.count < Self.maxDepth else { throw error("nested deeper than \(Self.maxDepth) levels") }
        at += 1
        path.append(step)
        hasElement = false
    }

    /// Reads what stands between elements: true if the container ends here.
    private mutating func isAtEnd(_ closing: UInt8, _ expected: String) throws(JSONError) -> Bool {
        skipSpace()
        guard at < bytes.count else { throw error("the text ends too early; expected \(expected)") }
        if bytes[at] == closing {
            at += 1
            if typeKeyDepths.last == path.count { typeKeyDepths.removeLast() }
            path.removeLast()
            hasElement = true
            return true
        }
        if hasElement {
            guard bytes[at] == UInt8(ascii: ",") else { throw error("expected `,` or \(expected)") }
            at += 1
            skipSpace()
            guard at < bytes.count, bytes[at] != closing else { throw error("expected something after `,`") }
        }
        hasElement = true
        return false
    }

    mutating func skipSpace() {
        while at < bytes.count {
            switch bytes[at] {
            case 0x20, 0x09, 0x0a, 0x0d: at += 1
            default: return
            }
        }
    }
}

// MARK: - Errors

extension JSONReader {
    /// An error at the value that is read next, or at a place given in bytes.
    package func error(_ message: String, at position: Int? = nil) -> JSONError {
        var line = 1
        var column = 1
        for byte in bytes[..<min(position ?? at, bytes.count)] {
            if byte == 0x0a {
                line += 1
                column = 1
            } else if byte & 0xc0 != 0x80 {
                column += 1
            }
        }
        return JSONError(path: renderedPath, line: line, column: column, message: message)
    }

    private var renderedPath: String {
        var text = ""
        for step in path {
            switch step {
            case .field(let name) where name.isEmpty: break
            case .field(let name): text += text.isEmpty ? name : "." + name
            case .key(let key): text += "[\(Self.shown(key))]"
            case .index(let index) where index >= 0: text += "[\(index)]"
            case .index: break
            }
        }
        return text
    }

    /// A name from the text as errors show it: short, and without characters that could disturb a log.
    static func shown(_ name: String) -> String {
        let limit = 64
        let visible = name.unicodeScalars.prefix(limit).map { scalar -> Character in
            scalar.properties.generalCategory == .control || scalar == "\"" ? "?" : Character(scalar)
        }
        return "\"" + String(visible) + (name.unicodeScalars.count > limit ? "…" : "") + "\""
    }
}
