import Values

/// What a search may look at of a school.
struct SearchableSchool: Hashable, Sendable {
    var urn: URN
    var name: String
    var place: String
    var postcode: String
    var laestab: String
    var status: SchoolStatus
    var isSelectable: Bool
    var typeCode: String
    var phaseCode: String
    var regionCode: String
    var localAuthorityCode: String
    var districtCode: String
    var ukprn: Int?
}

/// Which schools a list may show. An empty set lets all through; codes are as kept (`RegisterCode`).
struct SchoolFilter: Hashable, Sendable {
    var statuses: Set<SchoolStatus> = []
    var typeCodes: Set<String> = []
    var phaseCodes: Set<String> = []
    var regionCodes: Set<String> = []
    var localAuthorityCodes: Set<String> = []
    var districtCodes: Set<String> = []
    var selectableOnly = false

    var isEmpty: Bool { self == SchoolFilter() }

    func admits(_ school: SearchableSchool) -> Bool {
        (!selectableOnly || school.isSelectable)
            && (statuses.isEmpty || statuses.contains(school.status))
            && (typeCodes.isEmpty || typeCodes.contains(school.typeCode))
            && (phaseCodes.isEmpty || phaseCodes.contains(school.phaseCode))
            && (regionCodes.isEmpty || regionCodes.contains(school.regionCode))
            && (localAuthorityCodes.isEmpty || localAuthorityCodes.contains(school.localAuthorityCode))
            && (districtCodes.isEmpty || districtCodes.contains(school.districtCode))
    }
}

/// A place in a list of results: after the entry with this score, sort key and number.
struct SearchCursor: Hashable, Sendable, Comparable {
    var score: Int
    var sortKey: String
    var key: Int

    static func < (left: SearchCursor, right: SearchCursor) -> Bool {
        (left.score, left.sortKey, left.key) < (right.score, right.sortKey, right.key)
    }
}

/// One page of results: keys, best first, and where the next page begins.
struct SearchPage: Hashable, Sendable {
    var keys: [Int]
    var next: SearchCursor?
}

/// Answers searches from memory. Built from all schools after an import and never changed after.
struct SchoolSearchIndex: Sendable {
    private let schools: [SearchableSchool]
    private let sortKeys: [String]
    private let words: WordIndex
    /// Postcodes with the schools' positions, in the order of postcodes.
    private let postcodes: [(postcode: String, position: Int)]
    private let positions: [Int: Int]

    init(_ schools: [SearchableSchool] = []) {
        let sorted = schools.map { (SearchText.words($0.name), $0) }
            .map { (key: $0.0.joined(separator: " "), words: $0.0, school: $0.1) }
            .sorted { ($0.key, $0.school.urn) < ($1.key, $1.school.urn) }
        self.schools = sorted.map(\.school)
        sortKeys = sorted.map(\.key)
        words = WordIndex(sorted.map { .init(name: $0.words, place: SearchText.words($0.school.place)) })
        postcodes = sorted.enumerated().filter { !$0.element.school.postcode.isEmpty }
            .map { ($0.element.school.postcode, $0.offset) }.sorted { $0 < $1 }
        positions = Dictionary(uniqueKeysWithValues: sorted.enumerated().map { (Int($0.element.school.urn.number), $0.offset) })
    }

    var count: Int { schools.count }

    /// `limit` results after a place in the list; the same query and filter must be given for it.
    func search(_ query: SearchQuery, _ filter: SchoolFilter, after cursor: SearchCursor?, limit: Int) -> SearchPage {
        let found = query.isEmpty ? nil : matches(query)
        let list = SortedMatches(matches: found, sortKeys: sortKeys) { Int(schools[$0].urn.number) }
        return list.page(after: cursor, limit: limit) { filter.isEmpty || filter.admits(schools[$0]) }
    }

    private func matches(_ query: SearchQuery) -> [WordIndex.Match] {
        if let number = query.number {
            if let position = positions[number] { return [.init(document: position, score: 0)] }
            return schools.indices.filter { schools[$0].ukprn == number }.map { .init(document: $0, score: 0) }
        }
        if let laestab = query.laestab {
            return schools.indices.filter { schools[$0].laestab == laestab }.map { .init(document: $0, score: 0) }
        }
        var found = query.words.isEmpty ? nil : words.matches(query.words)
        if !query.words.isEmpty, let matches = found {
            // A name that is just what was typed comes first.
            let typed = query.words.joined(separator: " ")
            found = matches.map { .init(document: $0.document, score: sortKeys[$0.document] == typed ? 0 : $0.score + 1) }
        }
        guard let postcode = query.postcode else { return found ?? [] }
        let near = inPostcode(postcode)
        guard let found else { return near.sorted { $0.document < $1.document } }
        let scores = Dictionary(uniqueKeysWithValues: near.map { ($0.document, $0.score) })
        return found.compactMap { match in
            scores[match.document].map { .init(document: match.document, score: match.score + $0) }
        }
    }

    /// Schools whose postcode begins so; "L1" finds those of L1 before those of L10 to L19.
    private func inPostcode(_ beginning: String) -> [WordIndex.Match] {
        var low = 0
        var high = postcodes.count
        while low < high {
            let middle = (low + high) / 2
            if postcodes[middle].postcode < beginning { low = middle + 1 } else { high = middle }
        }
        return postcodes[low...].prefix { $0.postcode.hasPrefix(beginning) }.map { entry in
            let isWhole = beginning.contains(" ") || entry.postcode.dropFirst(beginning.count).first == " "
            return .init(document: entry.position, score: isWhole ? 0 : 1)
        }
    }
}

/// Matches in the order in which they are shown: by score, then as the documents are numbered.
struct SortedMatches {
    /// Ascending by document; nil: every document, with one score.
    var matches: [WordIndex.Match]?
    var sortKeys: [String]
    var key: (Int) -> Int

    func page(after cursor: SearchCursor?, limit: Int, admits: (Int) -> Bool) -> SearchPage {
        var keys: [Int] = []
        var last: SearchCursor?
        for match in ordered(after: cursor) where admits(match.document) {
            if keys.count == limit { return SearchPage(keys: keys, next: last) }
            keys.append(key(match.document))
            last = place(match)
        }
        return SearchPage(keys: keys, next: nil)
    }

    private func place(_ match: WordIndex.Match) -> SearchCursor {
        SearchCursor(score: match.score, sortKey: sortKeys[match.document], key: key(match.document))
    }

    /// Matches after the cursor, lazily where there is but one score.
    private func ordered(after cursor: SearchCursor?) -> AnySequence<WordIndex.Match> {
        guard let matches else {
            let start = cursor.map { cursor in firstDocument { place(.init(document: $0, score: 0)) > cursor } } ?? 0
            return AnySequence((start..<sortKeys.count).lazy.map { .init(document: $0, score: 0) })
        }
        let best = matches.map(\.score)
        guard let least = best.min(), let most = best.max() else { return AnySequence([]) }
        // Scores are few: one walk for each is less than sorting thousands of matches.
        return AnySequence((max(least, cursor?.score ?? least)...max(most, cursor?.score ?? most)).lazy.flatMap { score in
            matches.lazy.filter { match in
                guard match.score == score else { return false }
                guard let cursor, cursor.score == score else { return true }
                return place(match) > cursor
            }
        })
    }

    private func firstDocument(where isAfter: (Int) -> Bool) -> Int {
        var low = 0
        var high = sortKeys.count
        while low < high {
            let middle = (low + high) / 2
            if isAfter(middle) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
