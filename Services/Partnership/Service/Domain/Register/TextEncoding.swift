/// How a file's letters are written. The register's downloads are Windows-1252; files that were
/// opened and saved are often UTF-8.
enum TextEncoding: Hashable, Sendable {
    case windows1252
    case utf8

    static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
}

/// Finds out whether bytes that come in pieces are UTF-8. A file with a byte order mark is; so is one
/// whose bytes beyond ASCII all make sense as UTF-8, since Windows-1252 text hardly ever does.
struct TextEncodingDetector {
    private(set) var hasByteOrderMark = false
    private var isFirst = true
    private var isValid = true
    /// Bytes that the character begun needs yet, and what the next of them may be.
    private var pending = 0
    private var allowed: ClosedRange<UInt8> = 0x80...0xBF

    var encoding: TextEncoding {
        hasByteOrderMark || (isValid && pending == 0) ? .utf8 : .windows1252
    }

    mutating func feed(_ chunk: [UInt8]) {
        if isFirst, !chunk.isEmpty {
            isFirst = false
            hasByteOrderMark = chunk.starts(with: TextEncoding.byteOrderMark)
        }
        guard isValid else { return }
        for byte in chunk where byte >= 0x80 || pending > 0 {
            guard accept(byte) else {
                isValid = false
                return
            }
        }
    }

    private mutating func accept(_ byte: UInt8) -> Bool {
        if pending > 0 {
            guard allowed.contains(byte) else { return false }
            pending -= 1
            allowed = 0x80...0xBF
            return true
        }
        switch byte {
        case 0xC2...0xDF: pending = 1
        case 0xE0: (pending, allowed) = (2, 0xA0...0xBF)
        case 0xED: (pending, allowed) = (2, 0x80...0x9F)
        case 0xE1...0xEF: pending = 2
        case 0xF0: (pending, allowed) = (3, 0x90...0xBF)
        case 0xF1...0xF3: pending = 3
        case 0xF4: (pending, allowed) = (3, 0x80...0x8F)
        default: return false
        }
        return true
    }
}

/// Windows-1252, as the WHATWG and Microsoft have it; five bytes have no meaning.
enum Windows1252 {
    /// U+FFFD stands for a byte without meaning.
    static func scalar(_ byte: UInt8) -> Unicode.Scalar {
        (0x80...0x9F).contains(byte) ? upper[Int(byte) - 0x80] : Unicode.Scalar(byte)
    }

    private static let upper: [Unicode.Scalar] = [
        "€", "\u{FFFD}", "‚", "ƒ", "„", "…", "†", "‡", "ˆ", "‰", "Š", "‹", "Œ", "\u{FFFD}", "Ž", "\u{FFFD}",
        "\u{FFFD}", "‘", "’", "“", "”", "•", "–", "—", "˜", "™", "š", "›", "œ", "\u{FFFD}", "ž", "Ÿ",
    ]

    /// Whether bytes hold what UTF-8 makes of a Latin letter or of a curly quote or dash: no word in a
    /// Windows-1252 file holds "Ã«" or "â€™".
    static func looksLikeUTF8(_ bytes: [UInt8]) -> Bool {
        bytes.indices.dropLast().contains { index in
            let next = bytes[index + 1]
            switch bytes[index] {
            case 0xC2, 0xC3: return (0x80...0xBF).contains(next)
            case 0xE2: return next == 0x80 && index + 2 < bytes.count && (0x80...0xBF).contains(bytes[index + 2])
            default: return false
            }
        }
    }
}
