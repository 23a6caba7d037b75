import Synchronization

/// The metrics of one process. Families are registered once, at assembly; ``text`` is what Prometheus scrapes.
package final class MetricsRegistry: Sendable {
    /// Series that one family keeps. Beyond it, new label values are counted under "other": a label that somebody
    /// outside can choose must not fill the memory of this process and of what scrapes it.
    package static let maximumSeries = 1_000

    private let families = Mutex<[any MetricFamily]>([])

    package init() {}

    /// A number that only grows. Its name ends in `_total`.
    package func counter(_ name: String, _ help: String, labels: [String] = []) -> Family<Counter> {
        precondition(name.hasSuffix("_total"), "a counter's name ends in _total: \(name)")
        return register(Family(name, help, kind: .counter, labels) { Counter() })
    }

    /// A number that goes up and down.
    package func gauge(_ name: String, _ help: String, labels: [String] = []) -> Family<Gauge> {
        register(Family(name, help, kind: .gauge, labels) { Gauge() })
    }

    /// A distribution. Bounds are upper ends, in the metric's base unit, ascending; the last bucket, +Inf, is implied.
    package func histogram(
        _ name: String, _ help: String, labels: [String] = [], bounds: [Double]
    ) -> Family<Histogram> {
        precondition(bounds == bounds.sorted(), "a histogram's bounds ascend: \(name)")
        return register(Family(name, help, kind: .histogram, labels) { Histogram(bounds: bounds) })
    }

    /// Numbers that are asked for at each scrape. `read` must be quick and must not block.
    package func observe(
        _ name: String, _ help: String, kind: MetricKind, labels: [String] = [],
        _ read: @escaping @Sendable () -> [Reading]
    ) {
        _ = register(ObservedFamily(name: name, help: help, kind: kind, labels: labels, read: read))
    }

    /// All metrics in Prometheus' text format 0.0.4, by name.
    package var text: String {
        var text = PrometheusText()
        for family in families.withLock({ $0 }).sorted(by: { $0.name < $1.name }) {
            family.write(into: &text)
        }
        return text.finished
    }

    private func register<F: MetricFamily>(_ family: F) -> F {
        precondition(Self.isName(family.name), "not a metric's name: \(family.name)")
        families.withLock { families in
            precondition(!families.contains { $0.name == family.name }, "\(family.name) is registered twice")
            families.append(family)
        }
        return family
    }

    private static func isName(_ name: String) -> Bool {
        guard let first = name.utf8.first, first != UInt8(ascii: "_") else { return false }
        return name.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || byte == UInt8(ascii: "_")
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }
    }
}

package enum MetricKind: String, Sendable {
    case counter, gauge, histogram
}

/// One number of an observed family.
package struct Reading: Sendable {
    package let labels: [String]
    package let value: Double

    /// - Parameter labels: values in the order of the family's label names.
    package init(_ value: Double, labels: [String] = []) {
        self.value = value
        self.labels = labels
    }
}

/// All series of one name.
package protocol MetricFamily: Sendable {
    var name: String { get }
    func write(into text: inout PrometheusText)
}
