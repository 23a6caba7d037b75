extension JSONReader {
    /// A string. U+0000 is refused, because it could not be sent on: programs in C would cut it.
    package mutating func text() throws(JSONError) -> String {
        skipSpace()
        guard isAtString else { throw error("expected text in quotes") }
        return try readString()
    }

    /// Bytes in base64, of the standard or the URL-safe alphabet, padded or not.
    package mutating func base64() throws(JSONError) -> [UInt8] {
        skipSpace()
        guard isAtString else { throw error("expected bytes as base64 in quotes") }
        let position = at
        guard let bytes = Base64.decode(try readString().utf8) else {
            throw error("expected bytes as base64", at: position)
        }
        return bytes
    }

    var isAtString: Bool {
        at < bytes.count && bytes[at] == UInt8(ascii: "\"")
    }

    /// The string that begins here with its quotation mark.
    mutating func readString() throws(JSONError) -> String {
        let start = at + 1
        var end = start
        while end < bytes.count, bytes[end] >= 0x20,
            bytes[end] != UInt8(ascii: "\""), bytes[end] != UInt8(ascii: "\\") {
            end += 1
        }
        guard end < bytes.count else { throw error("the text in quotes does not end") }
        if bytes[end] == UInt8(ascii: "\"") {
            guard let text = String(validating: bytes[start..<end], as: UTF8.self) else {
                throw error("text must be UTF-8")
            }
            at = end + 1
            return text
        }
        return try readEscapedString(from: start, upTo: end)
    }

    private mutating func readEscapedString(from start: Int, upTo plainEnd: Int) throws(JSONError) -> String {
        let opening = at
        var text = Array(bytes[start..<plainEnd])
        at = plainEnd
        while true {
            guard at < bytes.count else { throw error("the text in quotes does not end", at: opening) }
            let byte = bytes[at]
            switch byte {
            case UInt8(ascii: "\""):
                at += 1
                guard let result = String(validating: text, as: UTF8.self) else {
                    throw error("text must be UTF-8", at: opening)
                }
                return result
            case UInt8(ascii: "\\"):
                try appendEscape(to: &text)
            case ..<0x20:
                throw error("a control character in text must be escaped")
            default:
                text.append(byte)
                at += 1
            }
        }
    }

    private mutating func appendEscape(to text: inout [UInt8]) throws(JSONError) {
        guard at + 1 < bytes.count else { throw error("the text in quotes does not end") }
        let kind = bytes[at + 1]
        if kind == UInt8(ascii: "u") { return try appendUnicodeEscape(to: &text) }
        let byte: UInt8
        switch kind {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): byte = kind
        case UInt8(ascii: "b"): byte = 0x08
        case UInt8(ascii: "f"): byte = 0x0c
        case UInt8(ascii: "n"): byte = 0x0a
        case UInt8(ascii: "r"): byte = 0x0d
        case UInt8(ascii: "t"): byte = 0x09
        default: throw error("unknown escape after `\\`")
        }
        text.append(byte)
        at += 2
    }

    private mutating func appendUnicodeEscape(to text: inout [UInt8]) throws(JSONError) {
        let position = at
        var value = UInt32(try readHexUnit())
        if value & 0xfc00 == 0xd800, at + 1 < bytes.count, bytes[at] == UInt8(ascii: "\\"),
            bytes[at + 1] == UInt8(ascii: "u") {
            let low = UInt32(try readHexUnit())
            guard low & 0xfc00 == 0xdc00 else { throw error("half a surrogate pair", at: position) }
            value = 0x10000 + (value & 0x3ff) << 10 + low & 0x3ff
        }
        guard let scalar = Unicode.Scalar(value) else { throw error("half a surrogate pair", at: position) }
        guard value != 0 else { throw error("text may not have U+0000 in it", at: position) }
        text.append(contentsOf: UTF8.encode(scalar) ?? .init())
    }

    /// The number in `\uXXXX`.
    private mutating func readHexUnit() throws(JSONError) -> UInt16 {
        guard at + 6 <= bytes.count else { throw error("`\\u` needs four hexadecimal digits") }
        var value: UInt16 = 0
        for byte in bytes[(at + 2)..<(at + 6)] {
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
            default: throw error("`\\u` needs four hexadecimal digits")
            }
            value = value << 4 | UInt16(digit)
        }
        at += 6
        return value
    }
}
