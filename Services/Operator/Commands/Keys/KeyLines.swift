/// A list of public keys as a text that people may have written in: lines that are not touched stay as they were.
struct KeyLines {
    private(set) var lines: [Substring]

    init(_ text: String) {
        lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        if lines.last?.isEmpty == true { lines.removeLast() }
    }

    var text: String { lines.map { "\($0)\n" }.joined() }

    /// Names and keys in the order of their lines.
    var entries: [(name: String, key: String)] { lines.compactMap(Self.entry) }

    func keys(of name: String) -> [String] { entries.filter { $0.name == name }.map(\.key) }

    mutating func append(_ name: String, _ key: String, comment: String) {
        lines.append("\(name) \(key) # \(comment)")
    }

    /// Takes out the keys of a name but for one.
    /// - Returns: how many.
    mutating func removeAll(of name: String, but key: String) -> Int {
        let before = lines.count
        lines.removeAll { line in Self.entry(line).map { $0.name == name && $0.key != key } ?? false }
        return before - lines.count
    }

    private static func entry(_ line: Substring) -> (name: String, key: String)? {
        let words = line.split(maxSplits: 2, whereSeparator: \.isWhitespace)
        guard words.count > 1, !words[0].hasPrefix("#") else { return nil }
        return (String(words[0]), String(words[1]))
    }
}
