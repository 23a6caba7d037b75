/// Matches in the order in which they are shown: by place, then as the documents are numbered.
struct ResultList {
    /// Nil: every document, in one place.
    var matches: Matches?
    /// Of each document; documents are numbered in their order.
    var sortKeys: [String]
    var key: (Int) -> Int

    /// `limit` documents after the cursor that may be shown.
    func page(after cursor: SearchCursor?, limit: Int, admits: (Int) -> Bool) -> SearchPage {
        var page = SearchPage(keys: [])
        var last: SearchCursor?
        let first = cursor?.score ?? 0
        // Places are few: a walk for each is less than sorting thousands of matches.
        for place in first...max(first, Int(matches?.places.max() ?? 0)) {
            if matches != nil && place == 0 { continue }
            let start = cursor.flatMap { $0.score == place ? position(after: $0) : nil } ?? 0
            for document in start..<sortKeys.count where matches.map({ Int($0.places[document]) == place }) ?? true {
                guard admits(document) else { continue }
                if page.keys.count == limit {
                    page.next = last
                    return page
                }
                page.keys.append(key(document))
                last = SearchCursor(score: place, sortKey: sortKeys[document], key: key(document))
            }
        }
        return page
    }

    /// The first document behind the cursor's.
    private func position(after cursor: SearchCursor) -> Int {
        (0..<sortKeys.count).partitioningIndex { (sortKeys[$0], key($0)) > (cursor.sortKey, cursor.key) }
    }
}

extension RandomAccessCollection {
    /// The first index for which the condition holds, if it holds for all after one for which it does.
    func partitioningIndex(where isSecond: (Element) -> Bool) -> Index {
        var low = startIndex
        var count = count
        while count > 0 {
            let middle = index(low, offsetBy: count / 2)
            if isSecond(self[middle]) {
                count /= 2
            } else {
                low = index(after: middle)
                count -= count / 2 + 1
            }
        }
        return low
    }
}
