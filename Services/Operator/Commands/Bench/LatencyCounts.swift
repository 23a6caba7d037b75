/// Durations, counted in steps of about 3 per cent: enough for quantiles, small enough to add up between tasks.
package struct LatencyCounts: Sendable {
    /// Steps in each doubling.
    private static let steps = 32
    private var counts = [Int](repeating: 0, count: 64 * steps)
    package private(set) var total = 0

    package init() {}

    package mutating func add(nanoseconds: Int) {
        counts[Self.index(max(nanoseconds, 1))] += 1
        total += 1
    }

    package mutating func add(_ other: LatencyCounts) {
        for index in counts.indices { counts[index] += other.counts[index] }
        total += other.total
    }

    /// The same, and for each duration above `interval` also those of the calls that would have been made meanwhile, one
    /// every `interval`: a caller that waits for its answer does not notice how many would have had to wait with it.
    package func withOmitted(everyNanoseconds interval: Int) -> LatencyCounts {
        var result = self
        for (index, count) in counts.enumerated() where count > 0 {
            for rest in stride(from: Self.upperBound(index) - interval, to: 0, by: -interval) {
                result.counts[Self.index(rest)] += count
                result.total += count
            }
        }
        return result
    }

    /// Nanoseconds that `share` of all durations do not exceed, within a step; 0 if there are none.
    package func quantile(_ share: Double) -> Int {
        guard total > 0 else { return 0 }
        let wanted = max(1, Int((Double(total) * share).rounded(.up)))
        var seen = 0
        for (index, count) in counts.enumerated() {
            seen += count
            if seen >= wanted { return Self.upperBound(index) }
        }
        return Self.upperBound(counts.count - 1)
    }

    /// The same in milliseconds.
    func milliseconds(_ share: Double) -> Double { Double(quantile(share)) / 1e6 }

    private static func index(_ value: Int) -> Int {
        let doubling = Int.bitWidth - 1 - value.leadingZeroBitCount
        let within = doubling >= 5 ? (value >> (doubling - 5)) & (steps - 1) : (value << (5 - doubling)) & (steps - 1)
        return doubling * steps + within
    }

    private static func upperBound(_ index: Int) -> Int {
        let (doubling, within) = (index / steps, index % steps)
        let value = Double(1 << doubling) * (1 + Double(within + 1) / Double(steps))
        return Int(value.rounded(.up)) - 1
    }
}
