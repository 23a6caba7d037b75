/// What a histogram has counted: how many values are at most each bound.
package struct BucketCounts: Hashable, Sendable {
    /// By the upper end of the bucket, which may be infinite; cumulative.
    private var upTo: [Double: Double] = [:]

    package init() {}

    package var count: Double { upTo[.infinity] ?? 0 }

    package mutating func set(_ bound: Double, _ count: Double) { upTo[bound] = count }

    /// Of two histograms of the same bounds.
    package static func + (left: BucketCounts, right: BucketCounts) -> BucketCounts {
        var sum = left
        sum.upTo.merge(right.upTo) { $0 + $1 }
        return sum
    }

    /// What came after `earlier`. A count that fell begins anew: the process was started again.
    package func since(_ earlier: BucketCounts) -> BucketCounts {
        guard count >= earlier.count else { return self }
        var rest = self
        for (bound, count) in earlier.upTo { rest.upTo[bound] = max(0, (rest.upTo[bound] ?? 0) - count) }
        return rest
    }

    /// The value below which this share of all lies, as if each bucket's values were spread evenly; nil without values.
    /// Above the last bound nothing more is known than that bound.
    package func quantile(_ share: Double) -> Double? {
        guard count > 0 else { return nil }
        let rank = share * count
        var (lower, below) = (0.0, 0.0)
        for (bound, count) in upTo.sorted(by: { $0.key < $1.key }) {
            if count >= rank, count > below {
                guard bound.isFinite else { return lower }
                return lower + (bound - lower) * max(0, rank - below) / (count - below)
            }
            (lower, below) = (bound, count)
        }
        return lower
    }
}
