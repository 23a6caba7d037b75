import Synchronization

/// One series: what is counted, set or observed.
package protocol MetricInstrument: AnyObject, Sendable {
    func write(_ name: String, _ labels: [(String, String)], into text: inout PrometheusText)
}

package final class Counter: MetricInstrument {
    private let count = Atomic<UInt64>(0)

    package func add(_ amount: UInt64 = 1) {
        count.wrappingAdd(amount, ordering: .relaxed)
    }

    /// For what is counted elsewhere: never goes back.
    package func advance(to new: UInt64) {
        count.max(new, ordering: .relaxed)
    }

    package var value: UInt64 { count.load(ordering: .relaxed) }

    package func write(_ name: String, _ labels: [(String, String)], into text: inout PrometheusText) {
        text.sample(name, labels, Double(value))
    }
}

package final class Gauge: MetricInstrument {
    private let bits = Atomic<UInt64>(0)

    package func set(_ value: Double) {
        bits.store(value.bitPattern, ordering: .relaxed)
    }

    package func add(_ amount: Double) {
        var old = bits.load(ordering: .relaxed)
        while true {
            let new = (Double(bitPattern: old) + amount).bitPattern
            let (done, current) = bits.weakCompareExchange(expected: old, desired: new, ordering: .relaxed)
            if done { return }
            old = current
        }
    }

    package var value: Double { Double(bitPattern: bits.load(ordering: .relaxed)) }

    package func write(_ name: String, _ labels: [(String, String)], into text: inout PrometheusText) {
        text.sample(name, labels, value)
    }
}

package final class Histogram: MetricInstrument {
    private struct State {
        /// One more than the bounds; each counts what is above the bound before it.
        var counts: [UInt64]
        var sum = 0.0
    }

    /// Bounds of latencies in seconds, as gRPC's proposal A66 has them.
    package static let latencyBounds: [Double] = [
        0, 0.00001, 0.00005, 0.0001, 0.0003, 0.0006, 0.0008, 0.001, 0.002, 0.003, 0.004, 0.005, 0.006, 0.008, 0.01,
        0.013, 0.016, 0.02, 0.025, 0.03, 0.04, 0.05, 0.065, 0.08, 0.1, 0.13, 0.16, 0.2, 0.25, 0.3, 0.4, 0.5, 0.65, 0.8,
        1, 2, 5, 10, 20, 50, 100,
    ]

    /// Bounds of sizes in bytes, as A66 has them.
    package static let sizeBounds: [Double] = [
        0, 1_024, 2_048, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864, 268_435_456,
        1_073_741_824, 4_294_967_296,
    ]

    private let bounds: [Double]
    private let state: Mutex<State>

    init(bounds: [Double]) {
        self.bounds = bounds
        state = Mutex(State(counts: Array(repeating: 0, count: bounds.count + 1)))
    }

    package func observe(_ value: Double) {
        var low = 0
        var high = bounds.count
        while low < high {
            let middle = (low + high) / 2
            if bounds[middle] < value { low = middle + 1 } else { high = middle }
        }
        let bucket = low
        state.withLock { state in
            state.counts[bucket] += 1
            state.sum += value
        }
    }

    package func observe(_ duration: Duration) {
        observe(duration / .seconds(1))
    }

    package var count: UInt64 { state.withLock { $0.counts.reduce(0, +) } }

    package func write(_ name: String, _ labels: [(String, String)], into text: inout PrometheusText) {
        let state = state.withLock { $0 }
        var cumulative: UInt64 = 0
        for (bound, count) in zip(bounds, state.counts) {
            cumulative += count
            text.sample("\(name)_bucket", labels + [("le", PrometheusText.number(bound))], Double(cumulative))
        }
        cumulative += state.counts.last ?? 0
        text.sample("\(name)_bucket", labels + [("le", "+Inf")], Double(cumulative))
        text.sample("\(name)_sum", labels, state.sum)
        text.sample("\(name)_count", labels, Double(cumulative))
    }
}
