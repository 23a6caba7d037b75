/// A file of `key = value` lines.
///
/// Blanks around key and value do not count. `#` at the beginning of a line, or after a blank, starts a comment.
/// There are no quotes, sections or continued lines.
struct ConfigurationFile {
    struct Entry: Hashable {
        let value: String
        /// From 1.
        let line: Int
    }

    let path: String
    private(set) var entries: [String: Entry] = [:]

    init(text: String, path: String, keys: [any DeclaredKey]) throws(ConfigurationProblem) {
        self.path = path
        let names = keys.map(\.name)
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let content = Self.trimmed(Self.withoutComment(line))
            guard !content.isEmpty else { continue }
            try read(content, line: index + 1, names)
        }
    }

    private mutating func read(
        _ content: Substring, line: Int, _ names: [String]
    ) throws(ConfigurationProblem) {
        let place = ConfigurationProblem.Place.file(path: path, line: line)
        guard let equals = content.firstIndex(of: "=") else {
            // The line is not quoted: it may be a secret that lost its key.
            throw ConfigurationProblem(place, "expected \"key = value\"")
        }
        let name = String(Self.trimmed(content[..<equals]))
        guard names.contains(name) else {
            throw ConfigurationProblem(place, "unknown key \"\(name)\"\(Nearest.question(name, among: names))")
        }
        if let first = entries[name] {
            throw ConfigurationProblem(place, "\(name) is given twice; the first is on line \(first.line)")
        }
        entries[name] = Entry(value: String(Self.trimmed(content[content.index(after: equals)...])), line: line)
    }

    private static func withoutComment(_ line: Substring) -> Substring {
        var previous: Character = " "
        for index in line.indices {
            if line[index] == "#", previous.isWhitespace { return line[..<index] }
            previous = line[index]
        }
        return line
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text.drop(while: \.isWhitespace)
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}
