import Values

/// What a person typed into a search for schools.
struct SearchQuery: Hashable, Sendable {
    /// Longest text that is looked at.
    static let longestText = 200

    /// Words that name, town or street must have.
    var words: [String] = []
    /// The beginning of a postcode in capitals with its space, such as "M33", "M33 5" or "M33 5AB".
    var postcode: String?
    /// A number that may be a URN, a UKPRN or a group UID.
    var number: Int?
    /// "340/2013".
    var laestab: String?

    /// Nothing was typed: everything is shown. Text without a word in it finds nothing.
    let isEmpty: Bool

    init(_ text: String) {
        let tokens = text.split(whereSeparator: \.isWhitespace).map(String.init)
        isEmpty = tokens.isEmpty
        if tokens.count == 1, let token = tokens.first {
            if token.utf8.count >= 4, token.utf8.count <= 8, let number = Int(token), number > 0 {
                self.number = number
                return
            }
            let parts = token.split(separator: "/", omittingEmptySubsequences: false)
            if parts.count == 2, parts[0].utf8.count == 3, parts[1].utf8.count == 4,
               token.utf8.allSatisfy({ (0x2F...0x39).contains($0) }) {
                laestab = token
                return
            }
        }
        var rest = tokens
        postcode = Self.takePostcode(&rest)
        words = SearchText.words(rest.joined(separator: " "))
    }

    /// Takes a postcode, or what can be the beginning of one, from the end of the words.
    private static func takePostcode(_ tokens: inout [String]) -> String? {
        guard let last = tokens.last else { return nil }
        if let whole = Postcode(last) {
            tokens.removeLast()
            return whole.text
        }
        if tokens.count >= 2, let inward = capitals(last), isInwardBeginning(inward),
           let outward = capitals(tokens[tokens.count - 2]), isOutward(outward) {
            tokens.removeLast(2)
            return outward + " " + inward
        }
        if let outward = capitals(last), isOutward(outward) {
            tokens.removeLast()
            return outward
        }
        return nil
    }

    private static func isOutward(_ text: String) -> Bool {
        text != "GIR" && Postcode.isOutward(text.utf8)
    }

    private static func isInwardBeginning(_ text: String) -> Bool {
        guard let first = text.utf8.first, (0x30...0x39).contains(first), text.utf8.count <= 3 else { return false }
        return text.utf8.dropFirst().allSatisfy { (0x41...0x5A).contains($0) }
    }

    private static func capitals(_ text: String) -> String? {
        text.utf8.count <= 4 ? text.uppercased() : nil
    }
}
