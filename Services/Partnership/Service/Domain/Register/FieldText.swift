/// A field's text as it is kept: trimmed, one space between words, a line break turned into ", ",
/// a no-break space into a space. Letters, apostrophes and `?` stay as they are.
struct FieldText: Hashable, Sendable {
    var text = ""
    /// What was wrong with its bytes, without the row's and column's names.
    var problems: [GiasIssue.Code] = []

    init(_ bytes: [UInt8], _ encoding: TextEncoding) {
        if Self.isClean(bytes) {
            text = String(decoding: bytes, as: UTF8.self)
            return
        }
        var decoded = String.UnicodeScalarView()
        switch encoding {
        case .utf8:
            decoded.append(contentsOf: String(decoding: bytes, as: UTF8.self).unicodeScalars)
        case .windows1252:
            if Windows1252.looksLikeUTF8(bytes) { problems.append(.utf8InWindows1252) }
            for byte in bytes { decoded.append(Windows1252.scalar(byte)) }
        }
        if decoded.contains("\u{FFFD}") { problems.append(.byteWithoutMeaning) }
        text = cleaned(decoded)
    }

    /// ASCII letters without a space at an end and without two spaces in a row: nearly every field.
    private static func isClean(_ bytes: [UInt8]) -> Bool {
        var previous: UInt8 = 0x20
        for byte in bytes {
            if byte < 0x20 || byte >= 0x7F || (byte == 0x20 && previous == 0x20) { return false }
            previous = byte
        }
        return previous != 0x20 || bytes.isEmpty
    }

    private mutating func cleaned(_ scalars: String.UnicodeScalarView) -> String {
        var result = String.UnicodeScalarView()
        var gap = ""
        for scalar in scalars {
            switch scalar {
            case "\r", "\n":
                gap = ", "
            case " ", "\t", "\u{A0}", "\u{FEFF}", "\u{2002}"..."\u{200B}":
                if gap.isEmpty { gap = " " }
            case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}":
                if !problems.contains(.controlCharacter) { problems.append(.controlCharacter) }
            default:
                if !result.isEmpty {
                    // A line that ends in a comma needs no second one.
                    result.append(contentsOf: (gap == ", " && result.last == "," ? " " : gap).unicodeScalars)
                }
                gap = ""
                result.append(scalar)
            }
        }
        return String(result)
    }
}
