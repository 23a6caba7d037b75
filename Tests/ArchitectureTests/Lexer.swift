/// A word or a sign of Swift, and its line (from 1).
struct Token: Hashable, Sendable {
    let text: String
    let line: Int
}

/// Cuts Swift into words and signs. Comments and texts are left out, but not the code inside `\( )`.
///
/// As much of the grammar as the laws need: an operator is one sign a character, a regular expression between bare
/// slashes is not known.
struct Lexer {
    private let bytes: [UInt8]
    private var at = 0
    private var line = 1
    private var found: [Token] = []

    init(_ text: String) { bytes = Array(text.utf8) }

    mutating func tokens() -> [Token] {
        code(untilClosing: false)
        return found
    }

    private func peek(_ offset: Int = 0) -> UInt8? {
        at + offset < bytes.count ? bytes[at + offset] : nil
    }

    private mutating func advance() {
        if peek() == UInt8(ascii: "\n") { line += 1 }
        at += 1
    }

    /// Reads code; with `untilClosing`, to the ")" that ends an interpolation.
    private mutating func code(untilClosing: Bool) {
        var depth = 0
        while let byte = peek() {
            switch byte {
            case UInt8(ascii: "/") where peek(1) == UInt8(ascii: "/"):
                while let next = peek(), next != UInt8(ascii: "\n") { advance() }
            case UInt8(ascii: "/") where peek(1) == UInt8(ascii: "*"):
                blockComment()
            case UInt8(ascii: "\""):
                text(pounds: 0)
            case UInt8(ascii: "#") where poundsBeforeText != nil:
                let pounds = poundsBeforeText ?? 0
                at += pounds
                text(pounds: pounds)
            case _ where isWord(byte):
                let start = at
                while let next = peek(), isWord(next) { advance() }
                found.append(Token(text: String(decoding: bytes[start..<at], as: UTF8.self), line: line))
            case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\t"), UInt8(ascii: "\r"):
                advance()
            default:
                if byte == UInt8(ascii: "(") { depth += 1 }
                if byte == UInt8(ascii: ")") {
                    if untilClosing, depth == 0 { return }
                    depth -= 1
                }
                found.append(Token(text: String(decoding: [byte], as: UTF8.self), line: line))
                advance()
            }
        }
    }

    private func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 0x80...:
            true
        default: false
        }
    }

    private mutating func blockComment() {
        var depth = 0
        repeat {
            if peek() == UInt8(ascii: "/"), peek(1) == UInt8(ascii: "*") {
                depth += 1
                at += 2
            } else if peek() == UInt8(ascii: "*"), peek(1) == UInt8(ascii: "/") {
                depth -= 1
                at += 2
            } else {
                advance()
            }
        } while depth > 0 && peek() != nil
    }

    /// How many "#" stand before a quotation mark here; nil if none does.
    private var poundsBeforeText: Int? {
        var count = 0
        while peek(count) == UInt8(ascii: "#") { count += 1 }
        return count > 0 && peek(count) == UInt8(ascii: "\"") ? count : nil
    }

    private func pounds(_ count: Int, at offset: Int) -> Bool {
        (0..<count).allSatisfy { peek(offset + $0) == UInt8(ascii: "#") }
    }

    private mutating func text(pounds count: Int) {
        let isLong = peek(1) == UInt8(ascii: "\"") && peek(2) == UInt8(ascii: "\"")
        let marks = isLong ? 3 : 1
        at += marks
        while let byte = peek() {
            if byte == UInt8(ascii: "\\"), pounds(count, at: 1) {
                at += 1 + count
                if peek() == UInt8(ascii: "(") {
                    advance()
                    code(untilClosing: true)
                }
                advance()
            } else if byte == UInt8(ascii: "\""),
                (0..<marks).allSatisfy({ peek($0) == UInt8(ascii: "\"") }), pounds(count, at: marks)
            {
                at += marks + count
                return
            } else if byte == UInt8(ascii: "\n"), !isLong {
                return
            } else {
                advance()
            }
        }
    }
}
