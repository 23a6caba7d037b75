import ProtoJSON

/// Where the members of a JSON object are in its text.
///
/// It follows strings and brackets only. A text that is not JSON may get through: whoever reads the text as a message
/// finds that out, and says where.
struct JSONMembers {
    struct Member {
        let name: String
        let value: Range<Int>
    }

    let members: [Member]
    /// Index of the object's closing brace.
    let end: Int
    private let json: [UInt8]

    /// Nil if the text is not one object.
    init?(_ json: [UInt8]) {
        var scan = Scan(json: json)
        guard let (members, end) = scan.object() else { return nil }
        self.members = members
        self.end = end
        self.json = json
    }

    /// A member's value as it would stand in a URL: a string's content, or the literal as it is. Nil for containers.
    func scalar(_ member: Member) -> String? {
        let literal = Array(json[member.value])
        switch literal.first {
        case UInt8(ascii: "{"), UInt8(ascii: "["), nil: return nil
        case UInt8(ascii: "\""): return Scan.text(literal)
        default: return String(decoding: literal, as: UTF8.self)
        }
    }

    private struct Scan {
        let json: [UInt8]
        var index = 0

        init(json: [UInt8]) { self.json = json }

        static func text(_ literal: [UInt8]) -> String? {
            var reader = JSONReader(literal)
            return try? reader.text()
        }

        mutating func object() -> ([Member], Int)? {
            var members: [Member] = []
            guard take("{") else { return nil }
            if take("}") { return isAtEnd ? (members, index - 1) : nil }
            repeat {
                guard let key = string(), let name = Self.text(Array(json[key])), take(":"), let value = value() else {
                    return nil
                }
                members.append(Member(name: name, value: value))
            } while take(",")
            guard take("}"), isAtEnd else { return nil }
            return (members, index - 1)
        }

        private var isAtEnd: Bool {
            json[index...].allSatisfy(Self.isSpace)
        }

        private static func isSpace(_ byte: UInt8) -> Bool {
            byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
        }

        private mutating func skipSpace() {
            while index < json.count, Self.isSpace(json[index]) { index += 1 }
        }

        private mutating func take(_ character: Unicode.Scalar) -> Bool {
            skipSpace()
            guard index < json.count, json[index] == UInt8(ascii: character) else { return false }
            index += 1
            return true
        }

        private mutating func string() -> Range<Int>? {
            skipSpace()
            guard index < json.count, json[index] == UInt8(ascii: "\"") else { return nil }
            let start = index
            index += 1
            while index < json.count {
                switch json[index] {
                case UInt8(ascii: "\\"): index += 2
                case UInt8(ascii: "\""):
                    index += 1
                    return start..<index
                default: index += 1
                }
            }
            return nil
        }

        private mutating func value() -> Range<Int>? {
            skipSpace()
            let start = index
            var depth = 0
            while index < json.count {
                switch json[index] {
                case UInt8(ascii: "\""):
                    guard string() != nil else { return nil }
                    continue
                case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
                case UInt8(ascii: "}"), UInt8(ascii: "]"):
                    if depth == 0 { return trimmed(start) }
                    depth -= 1
                case UInt8(ascii: ",") where depth == 0: return trimmed(start)
                default: break
                }
                index += 1
            }
            return nil
        }

        private func trimmed(_ start: Int) -> Range<Int>? {
            var end = index
            while end > start, Self.isSpace(json[end - 1]) { end -= 1 }
            return end > start ? start..<end : nil
        }
    }
}
