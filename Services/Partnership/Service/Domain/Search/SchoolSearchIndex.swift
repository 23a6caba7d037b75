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
        let list = ResultList(matches: query.isEmpty ? nil : matches(query), sortKeys: sortKeys) {
            Int(schools[$0].urn.number)
        }
        return list.page(after: cursor, limit: limit) { filter.isEmpty || filter.admits(schools[$0]) }
    }

    private func matches(_ query: SearchQuery) -> Matches {
        if let number = query.number {
            if let position = positions[number] { return Matches(count: count, only: [position]) }
            return Matches(count: count, only: schools.indices.lazy.filter { schools[$0].ukprn == number })
        }
        if let laestab = query.laestab {
            return Matches(count: count, only: schools.indices.lazy.filter { schools[$0].laestab == laestab })
        }
        guard !query.words.isEmpty else { return query.postcode.map(inPostcode) ?? Matches(count: count) }
        var found = words.matches(query.words)
        // A name that is just what was typed comes first. Names are in order, so its like stand together.
        let typed = query.words.joined(separator: " ")
        var position = sortKeys.partitioningIndex { $0 >= typed }
        while position < count, sortKeys[position] == typed {
            if found.places[position] > 0 { found.places[position] = Matches.exact }
            position += 1
        }
        guard let postcode = query.postcode else { return found }
        let near = inPostcode(postcode)
        for document in found.places.indices where found.places[document] > 0 {
            found.places[document] = near.places[document] == 0 ? 0 : found.places[document] + near.places[document]
        }
        return found
    }

    /// Schools whose postcode begins so; "L1" finds those of L1 before those of L10 to L19.
    private func inPostcode(_ beginning: String) -> Matches {
        var found = Matches(count: count)
        let first = postcodes.partitioningIndex { $0.postcode >= beginning }
        for entry in postcodes[first...].prefix(while: { $0.postcode.hasPrefix(beginning) }) {
            let isWhole = beginning.contains(" ") || entry.postcode.dropFirst(beginning.count).first == " "
            found.places[entry.position] = isWhole ? Matches.exact : Matches.best
        }
        return found
    }
}
