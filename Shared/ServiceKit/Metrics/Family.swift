import Synchronization

/// The series of one metric, told apart by the values of its labels.
///
/// ``with(_:)`` costs a look-up; whoever counts often keeps what it returns.
package final class Family<Instrument: MetricInstrument>: MetricFamily {
    package let name: String
    private let help: String
    private let kind: MetricKind
    private let labels: [String]
    private let make: @Sendable () -> Instrument
    private let series = Mutex<[[String]: Instrument]>([:])

    init(
        _ name: String, _ help: String, kind: MetricKind, _ labels: [String], make: @escaping @Sendable () -> Instrument
    ) {
        self.name = name
        self.help = help
        self.kind = kind
        self.labels = labels
        self.make = make
    }

    /// The series for these label values, in the order of the label names; made when first asked for.
    package func with(_ values: String...) -> Instrument {
        precondition(values.count == labels.count, "\(name) has \(labels.count) labels")
        return series.withLock { series in
            if let known = series[values] { return known }
            let isFull = series.count >= MetricsRegistry.maximumSeries
            let key = isFull ? values.map { _ in "other" } : values
            if let known = series[key] { return known }
            let new = make()
            series[key] = new
            return new
        }
    }

    package func write(into text: inout PrometheusText) {
        let all = series.withLock { $0 }.sorted { $0.key.lexicographicallyPrecedes($1.key) }
        guard !all.isEmpty else { return }
        text.head(name, help, kind)
        for (values, instrument) in all {
            instrument.write(name, Array(zip(labels, values)), into: &text)
        }
    }
}

extension Family {
    /// The only series of a metric without labels.
    package var only: Instrument { with() }
}

/// A family whose numbers somebody else keeps.
struct ObservedFamily: MetricFamily {
    let name: String
    let help: String
    let kind: MetricKind
    let labels: [String]
    let read: @Sendable () -> [Reading]

    func write(into text: inout PrometheusText) {
        let readings = read()
        guard !readings.isEmpty else { return }
        text.head(name, help, kind)
        for reading in readings.prefix(MetricsRegistry.maximumSeries) {
            text.sample(name, Array(zip(labels, reading.labels)), reading.value)
        }
    }
}
