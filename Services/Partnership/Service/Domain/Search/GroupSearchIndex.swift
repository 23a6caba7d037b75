/// What a search may look at of a group.
struct SearchableGroup: Hashable, Sendable {
    var uid: Int
    var groupID: String
    var name: String
    var place: String
    var typeCode: String
    var isOpen: Bool
}

/// Answers searches for groups from memory.
struct GroupSearchIndex: Sendable {
    private let groups: [SearchableGroup]
    private let sortKeys: [String]
    private let words: WordIndex

    init(_ groups: [SearchableGroup] = []) {
        let sorted = groups.map { (words: SearchText.words($0.name), group: $0) }
            .map { (key: $0.words.joined(separator: " "), words: $0.words, group: $0.group) }
            .sorted { ($0.key, $0.group.uid) < ($1.key, $1.group.uid) }
        self.groups = sorted.map(\.group)
        sortKeys = sorted.map(\.key)
        words = WordIndex(sorted.map { .init(name: $0.words, place: SearchText.words($0.group.place)) })
    }

    var count: Int { groups.count }

    /// A UID or group id finds just that group; other text is looked for as words.
    func search(
        _ text: String, typeCodes: Set<String>, openOnly: Bool, after cursor: SearchCursor?, limit: Int
    ) -> SearchPage {
        let list = ResultList(matches: matches(text), sortKeys: sortKeys) { groups[$0].uid }
        return list.page(after: cursor, limit: limit) { position in
            (!openOnly || groups[position].isOpen)
                && (typeCodes.isEmpty || typeCodes.contains(groups[position].typeCode))
        }
    }

    private func matches(_ text: String) -> Matches? {
        let words = SearchText.words(text)
        guard !words.isEmpty else { return text.allSatisfy(\.isWhitespace) ? nil : Matches(count: count) }
        if words.count == 1, let word = words.first {
            let identified = groups.indices.filter {
                String(groups[$0].uid) == word || (!groups[$0].groupID.isEmpty && groups[$0].groupID.lowercased() == word)
            }
            if !identified.isEmpty { return Matches(count: count, only: identified) }
        }
        return self.words.matches(words)
    }
}
