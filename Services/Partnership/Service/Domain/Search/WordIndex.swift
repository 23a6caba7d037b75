/// Which documents hold which words. Built once and never changed; documents are numbered in the
/// order in which equal matches are shown, so that lists come out sorted.
struct WordIndex: Sendable {
    /// The words of a document: those of its name, and those of its place.
    struct Document: Sendable {
        var name: [String]
        var place: [String]
    }

    /// How well a document matches; lower is better.
    struct Match: Sendable {
        var document: Int
        var score: Int
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

    /// Documents that hold all words, in ascending order. A word may be the beginning of a longer one;
    /// slips are forgiven only where nothing matches without.
    func matches(_ words: [String]) -> [Match] {
        guard !words.isEmpty else { return [] }
        let found = intersection(words.map { candidates($0, withSlips: false) })
        return found.isEmpty ? intersection(words.map { candidates($0, withSlips: true) }) : found
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
        var at = firstTerm(from: bytes)
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

    private func firstTerm(from bytes: [UInt8]) -> Int {
        var low = 0
        var high = terms.count
        while low < high {
            let middle = (low + high) / 2
            if Self.precedes(terms[middle], bytes) { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Begins with the word that the fewest documents hold.
    private func intersection(_ words: [[(term: Int, cost: Int)]]) -> [Match] {
        let ordered = words.map { candidates in
            (candidates, candidates.reduce(0) { $0 + postings[$1.term].count })
        }.sorted { $0.1 < $1.1 }
        guard let rarest = ordered.first, rarest.1 > 0 else { return [] }
        var costs = [UInt8](repeating: .max, count: count)
        var total = [UInt8](repeating: 0, count: count)
        var alive: [Int] = []
        for (round, (candidates, _)) in ordered.enumerated() {
            var touched: [Int] = []
            for (term, cost) in candidates {
                for posting in postings[term] {
                    let document = Int(posting >> 1)
                    guard round == 0 || total[document] > 0 else { continue }
                    if costs[document] == .max { touched.append(document) }
                    costs[document] = min(costs[document], UInt8(cost + (posting & 1 == 0 ? 0 : Cost.place)))
                }
            }
            for document in alive where costs[document] == .max { total[document] = 0 }
            for document in touched {
                // One more than the score, so that nought means "no match".
                total[document] = UInt8(min(254, Int(max(total[document], 1)) + Int(costs[document])))
                costs[document] = .max
            }
            alive = touched
            if alive.isEmpty { return [] }
        }
        return total.indices.lazy.filter { total[$0] > 0 }.map { Match(document: $0, score: Int(total[$0]) - 1) }
    }
}
