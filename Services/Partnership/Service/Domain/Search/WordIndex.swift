/// Which documents hold which words. Built once and never changed; documents are numbered in the
/// order in which equal matches are shown, so that lists come out sorted.
struct WordIndex: Sendable {
    /// The words of a document: those of its name, and those of its place.
    struct Document: Sendable {
        var name: [String]
        var place: [String]
    }

    /// What a word costs that is found as the beginning of a longer one, in the place instead of the
    /// name, or with a slip.
    enum Cost {
        static let prefix = 1
        static let place = 2
        static let slip = 4
    }

    private var terms: [[UInt8]] = []
    private var signatures: [UInt64] = []
    /// For each term its documents, ascending; the lowest bit says that it stands in the place only.
    private var postings: [[UInt32]] = []
    private let count: Int

    init(_ documents: [Document]) {
        count = documents.count
        var lists: [String: [UInt32]] = [:]
        for (number, document) in documents.enumerated() {
            for word in document.name { Self.add(word, UInt32(number) << 1, to: &lists) }
            for word in document.place { Self.add(word, UInt32(number) << 1 | 1, to: &lists) }
        }
        for (term, list) in lists.map({ (Array($0.key.utf8), $0.value) }).sorted(by: { Self.precedes($0.0, $1.0) }) {
            terms.append(term)
            signatures.append(EditDistance.signature(term))
            postings.append(list)
        }
    }

    /// Documents that hold all words. A word may be the beginning of a longer one; slips are forgiven
    /// only where nothing matches without.
    func matches(_ words: [String]) -> Matches {
        intersection(words.map { candidates($0, withSlips: false) })
            ?? intersection(words.map { candidates($0, withSlips: true) }) ?? Matches(count: count)
    }

    private static func add(_ word: String, _ posting: UInt32, to lists: inout [String: [UInt32]]) {
        // A word that stands twice in a document counts once, and in the name if it is in both.
        if let last = lists[word]?.last, last >> 1 == posting >> 1 { return }
        lists[word, default: []].append(posting)
    }

    private static func precedes(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        left.lexicographicallyPrecedes(right)
    }

    private func candidates(_ word: String, withSlips: Bool) -> [(term: Int, cost: Int)] {
        let bytes = Array(word.utf8)
        var found: [(term: Int, cost: Int)] = []
        var at = terms.partitioningIndex { !Self.precedes($0, bytes) }
        while at < terms.count, terms[at].starts(with: bytes) {
            let isWhole = terms[at].count == bytes.count
            if isWhole || bytes.count >= 2 { found.append((at, isWhole ? 0 : Cost.prefix)) }
            at += 1
        }
        let limit = EditDistance.forgiven(bytes.count)
        guard withSlips, limit > 0 else { return found }
        let signature = EditDistance.signature(bytes)
        for index in terms.indices where (signature ^ signatures[index]).nonzeroBitCount <= 2 * limit {
            guard let distance = EditDistance.between(bytes, terms[index], limit: limit), distance > 0 else { continue }
            found.append((index, Cost.slip * distance))
        }
        return found
    }

    /// Begins with the word that the fewest documents hold. Nil if no document holds all.
    private func intersection(_ words: [[(term: Int, cost: Int)]]) -> Matches? {
        let ordered = words.map { candidates in
            (candidates, candidates.reduce(0) { $0 + postings[$1.term].count })
        }.sorted { $0.1 < $1.1 }
        guard let rarest = ordered.first, rarest.1 > 0 else { return nil }
        var costs = [UInt8](repeating: .max, count: count)
        var matches = Matches(count: count)
        var alive: [Int] = []
        for (round, (candidates, _)) in ordered.enumerated() {
            var touched: [Int] = []
            for (term, cost) in candidates {
                for posting in postings[term] {
                    let document = Int(posting >> 1)
                    guard round == 0 || matches.places[document] > 0 else { continue }
                    if costs[document] == .max { touched.append(document) }
                    costs[document] = min(costs[document], UInt8(cost + (posting & 1 == 0 ? 0 : Cost.place)))
                }
            }
            for document in alive where costs[document] == .max { matches.places[document] = 0 }
            for document in touched {
                matches.places[document] = min(
                    254, max(matches.places[document], Matches.best) + costs[document])
                costs[document] = .max
            }
            alive = touched
            if alive.isEmpty { return nil }
        }
        return matches
    }
}

/// Which documents match, and how well.
struct Matches: Sendable {
    /// The place of a document that matches each word as it is. One place better is kept for a
    /// document that is just what was asked for.
    static let best: UInt8 = 2
    static let exact: UInt8 = 1

    /// For each document its place among the matches, lower is better; 0 is no match.
    var places: [UInt8]

    init(count: Int) {
        places = [UInt8](repeating: 0, count: count)
    }

    init(count: Int, only documents: some Sequence<Int>) {
        self.init(count: count)
        for document in documents { places[document] = Self.exact }
    }
}
