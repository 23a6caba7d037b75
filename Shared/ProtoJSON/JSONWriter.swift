/// Writes a JSON text piece by piece. Whoever calls it sees to the order; commas come by themselves.
package struct JSONWriter {
    /// Whether fields without presence are written when they are zero, empty or false.
    package let includeDefaults: Bool
    /// Whether the text is broken into lines for people.
    package let isIndented: Bool

    package private(set) var bytes: [UInt8] = []
    private var needsComma = false
    /// Whether the next thing follows its key on the same line.
    private var followsKey = false
    private var depth = 0

    package init(includeDefaults: Bool = false, isIndented: Bool = false) {
        self.includeDefaults = includeDefaults
        self.isIndented = isIndented
    }

    package var text: String { String(decoding: bytes, as: UTF8.self) }

    // MARK: Containers

    package mutating func beginObject() { begin(UInt8(ascii: "{")) }
    package mutating func endObject() { end(UInt8(ascii: "}")) }
    package mutating func beginArray() { begin(UInt8(ascii: "[")) }
    package mutating func endArray() { end(UInt8(ascii: "]")) }

    package mutating func key(_ name: String) {
        separate()
        appendQuoted(name)
        bytes.append(UInt8(ascii: ":"))
        if isIndented { bytes.append(0x20) }
        needsComma = false
        followsKey = true
    }

    // MARK: Values

    package mutating func null() { word("null") }
    package mutating func value(_ value: Bool) { word(value ? "true" : "false") }
    package mutating func value(_ value: Int32) { word(String(value)) }
    package mutating func value(_ value: UInt32) { word(String(value)) }
    /// In quotes, because JavaScript's numbers are exact up to 53 bits only.
    package mutating func value(_ value: Int64) { word("\"\(value)\"") }
    package mutating func value(_ value: UInt64) { word("\"\(value)\"") }

    package mutating func value(_ value: Double) {
        word(value.isFinite ? value.description : Self.special(value))
    }

    package mutating func value(_ value: Float) {
        guard value.isFinite else { return word(Self.special(Double(value))) }
        // The shortest text of the largest float is larger than it, and readers that go by way of a double refuse it.
        let isLargest = value.magnitude == .greatestFiniteMagnitude
        word(isLargest ? Double(value).description : value.description)
    }

    package mutating func value(_ value: String) {
        separate()
        appendQuoted(value)
        needsComma = true
    }

    /// As base64 of the standard alphabet, padded.
    package mutating func value(_ value: [UInt8]) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        Base64.encode(value, to: &bytes)
        bytes.append(UInt8(ascii: "\""))
        needsComma = true
    }

    /// A text that is JSON already.
    package mutating func raw(_ json: [UInt8]) {
        separate()
        bytes += json
        needsComma = true
    }

    // MARK: Pieces

    private static func special(_ value: Double) -> String {
        value.isNaN ? "\"NaN\"" : value < 0 ? "\"-Infinity\"" : "\"Infinity\""
    }

    private mutating func word(_ text: String) {
        separate()
        bytes.append(contentsOf: text.utf8)
        needsComma = true
    }

    private mutating func begin(_ opening: UInt8) {
        separate()
        bytes.append(opening)
        depth += 1
        needsComma = false
    }

    private mutating func end(_ closing: UInt8) {
        depth -= 1
        if needsComma { breakLine() }
        bytes.append(closing)
        needsComma = true
    }

    /// What stands between the last thing and the next.
    private mutating func separate() {
        if followsKey {
            followsKey = false
            return
        }
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        if depth > 0 { breakLine() }
    }

    private mutating func breakLine() {
        guard isIndented else { return }
        bytes.append(0x0a)
        bytes.append(contentsOf: repeatElement(0x20, count: 2 * depth))
    }

    private mutating func appendQuoted(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 0x0a: bytes.append(contentsOf: "\\n".utf8)
            case 0x0d: bytes.append(contentsOf: "\\r".utf8)
            case 0x09: bytes.append(contentsOf: "\\t".utf8)
            case ..<0x20, 0x7f:
                bytes.append(contentsOf: "\\u00".utf8)
                bytes.append(Self.hexDigits[Int(byte >> 4)])
                bytes.append(Self.hexDigits[Int(byte & 15)])
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static let hexDigits = Array("0123456789abcdef".utf8)
}
