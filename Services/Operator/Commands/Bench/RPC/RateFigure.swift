import Foundation

/// What was counted in one window, or the medians of several.
struct RateFigure: Codable, Sendable {
    let inFlight: Int
    let bytes: Int
    /// Of the message; see ``BenchMessage/digest(_:)``.
    let digest: String
    /// Calls, or messages of streams.
    var perSecond: Double
    /// Of calls; streams have none.
    var p50Microseconds: Double?
    var p99Microseconds: Double?
    /// Processor time of a call or message.
    var clientMicroseconds: Double?
    var serverMicroseconds: Double?
    /// The most memory that each process has had since it began.
    var clientPeakBytes: Int?
    var serverPeakBytes: Int?

    /// - Parameter figures: at least one, all of the same case.
    static func median(of figures: [RateFigure]) -> RateFigure {
        func middle(_ value: (RateFigure) -> Double?) -> Double? {
            let values = figures.compactMap(value)
            return values.isEmpty ? nil : Median.of(values)
        }
        var figure = figures[0]
        figure.perSecond = middle(\.perSecond) ?? 0
        figure.p50Microseconds = middle(\.p50Microseconds)
        figure.p99Microseconds = middle(\.p99Microseconds)
        figure.clientMicroseconds = middle(\.clientMicroseconds)
        figure.serverMicroseconds = middle(\.serverMicroseconds)
        figure.clientPeakBytes = figures.compactMap(\.clientPeakBytes).max()
        figure.serverPeakBytes = figures.compactMap(\.serverPeakBytes).max()
        return figure
    }

    static func table(_ figures: [RateFigure], of what: String) -> [String] {
        func text(_ value: Double?, _ format: String) -> String { value.map { String(format: format, $0) } ?? "-" }
        func mebibytes(_ bytes: Int?) -> String { text(bytes.map { Double($0) / 1_048_576 }, "%.0f") }
        return Table.rows(
            [["IN FLIGHT", "BYTES", what, "P50 µs", "P99 µs", "CPU µs CLIENT", "SERVER", "PEAK MiB CLIENT", "SERVER"]]
                + figures.map { figure in
                    [
                        "\(figure.inFlight)", "\(figure.bytes)", Figures.grouped(Int64(figure.perSecond)),
                        text(figure.p50Microseconds, "%.0f"), text(figure.p99Microseconds, "%.0f"),
                        text(figure.clientMicroseconds, "%.1f"), text(figure.serverMicroseconds, "%.1f"),
                        mebibytes(figure.clientPeakBytes), mebibytes(figure.serverPeakBytes),
                    ]
                })
    }
}
