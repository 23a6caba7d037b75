/// The path of a route, such as `/v1/gias-imports/{id}:start`.
struct PathPattern: Hashable, Sendable {
    private enum Segment: Hashable {
        case word(String)
        /// Any text without an unescaped colon, then the suffix with its colon, if there is one.
        case variable(name: String, suffix: String)
    }

    let text: String
    private let segments: [Segment]

    init(_ text: String) {
        self.text = text
        segments = Self.split(text).map { part in
            guard part.hasPrefix("{"), let end = part.firstIndex(of: "}") else { return .word(String(part)) }
            return .variable(
                name: String(part[part.index(after: part.startIndex)..<end]),
                suffix: String(part[part.index(after: end)...]))
        }
    }

    var segmentCount: Int { segments.count }

    /// Names in braces.
    var variables: [String] {
        segments.compactMap { if case .variable(let name, _) = $0 { name } else { nil } }
    }

    /// The path's pieces between its slashes.
    static func split(_ path: String) -> [Substring] {
        path.hasPrefix("/") ? path.dropFirst().split(separator: "/", omittingEmptySubsequences: false) : []
    }

    /// The escaped texts of the variables, or nil if the path is another one.
    func match(_ parts: [Substring]) -> [String: Substring]? {
        guard parts.count == segments.count else { return nil }
        var values: [String: Substring] = [:]
        for (segment, part) in zip(segments, parts) {
            switch segment {
            case .word(let word):
                guard part == word else { return nil }
            case .variable(let name, let suffix):
                guard part.hasSuffix(suffix) else { return nil }
                let value = part.dropLast(suffix.count)
                guard !value.isEmpty, !value.contains(":") else { return nil }
                values[name] = value
            }
        }
        return values
    }
}
