/// Reads the escapes of a URL, strictly: whatever is not an escape of UTF-8 text is an error.
enum PercentEncoding {
    /// Nil if an escape is broken, or the text is not UTF-8 or has a NUL in it.
    static func decoded(_ text: Substring, plusIsSpace: Bool = false) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "%"):
                guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit) else {
                    return nil
                }
                bytes.append(high << 4 | low)
            case UInt8(ascii: "+") where plusIsSpace: bytes.append(0x20)
            default: bytes.append(byte)
            }
        }
        guard !bytes.contains(0) else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }

    /// The values of a path's variables.
    static func decoded(path values: [String: Substring]) throws(Problem) -> [String: String] {
        var decoded: [String: String] = [:]
        for (name, value) in values {
            guard let text = Self.decoded(value) else {
                throw Problem(.malformedRequest, "The path has an escape that is not %XX of UTF-8 text.")
            }
            decoded[name] = text
        }
        return decoded
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
