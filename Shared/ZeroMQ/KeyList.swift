/// Names and their public keys: as an allow-list, who may connect; as a list of services, whom to expect where.
///
/// As text it is one `NAME KEY` a line. A line that begins with `#` is a comment, and so is what follows the key after a
/// blank and `#`. A name may stand on several lines, each with a key of its own: that is how keys are changed without
/// stopping anything.
package struct KeyList: Hashable, Sendable {
    package struct Entry: Hashable, Sendable {
        package let name: String
        package let key: CurveKey
        /// What stands behind the key, without `#`; empty: nothing.
        package let comment: String

        package init(name: String, key: CurveKey, comment: String = "") {
            self.name = name
            self.key = key
            self.comment = comment
        }
    }

    /// Longest name.
    package static let maximumNameLength = 64

    package private(set) var entries: [Entry] = []
    private var names: [CurveKey: String] = [:]

    package init() {}

    /// Reads a list.
    /// - Throws: ``Problem`` with the line; names and keys are quoted, secrets never stand in a list.
    package init(text: String) throws(Problem) {
        var lineOfKey: [CurveKey: Int] = [:]
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            guard let entry = try Self.entry(line, number: index + 1) else { continue }
            if let first = lineOfKey[entry.key] {
                throw Problem(line: index + 1, reason: "this key stands on line \(first) already")
            }
            lineOfKey[entry.key] = index + 1
            append(entry)
        }
    }

    package mutating func append(_ entry: Entry) {
        entries.append(entry)
        names[entry.key] = entry.name
    }

    /// The list as it is written.
    package var text: String {
        entries.map { "\($0.name) \($0.key)\($0.comment.isEmpty ? "" : " # \($0.comment)")\n" }.joined()
    }

    /// Whose key it is; nil if the list does not have it.
    package func name(of key: CurveKey) -> String? { names[key] }

    /// The keys of a name, in the order of their lines.
    package func keys(of name: String) -> [CurveKey] { entries.filter { $0.name == name }.map(\.key) }

    /// Whether `name` can stand in a list: letters, digits, and `.` `_` `-` but for the first place.
    package static func isName(_ name: some StringProtocol) -> Bool {
        guard 1...maximumNameLength ~= name.utf8.count, let first = name.first, first.isLetter || first.isNumber else {
            return false
        }
        return name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) }
    }

    private static func entry(_ line: Substring, number: Int) throws(Problem) -> Entry? {
        let words = line.split(maxSplits: 2, whereSeparator: \.isWhitespace)
        guard let name = words.first, !name.hasPrefix("#") else { return nil }
        guard isName(name) else {
            throw Problem(
                line: number,
                reason: "a name has 1 to \(maximumNameLength) letters, digits, \".\", \"_\" and \"-\", and begins "
                    + "with a letter or digit")
        }
        guard words.count > 1 else { throw Problem(line: number, reason: "the key of \(name) is missing") }
        let comment = words.count > 2 ? words[2].drop(while: \.isWhitespace) : ""
        guard comment.isEmpty || comment.hasPrefix("#") else {
            throw Problem(line: number, reason: "a line is NAME KEY, and a comment behind them begins with #")
        }
        do throws(CurveKey.Problem) {
            return Entry(
                name: String(name), key: try CurveKey(String(words[1])),
                comment: comment.dropFirst().split(whereSeparator: \.isWhitespace).joined(separator: " "))
        } catch {
            throw Problem(line: number, reason: error.reason)
        }
    }

    /// A list that cannot be used, and why.
    package struct Problem: Error, Hashable, Sendable, CustomStringConvertible {
        /// From 1; nil if it is about the file as a whole.
        package let line: Int?
        package let reason: String
        package var description: String { line.map { "line \($0): \(reason)" } ?? reason }
    }
}
