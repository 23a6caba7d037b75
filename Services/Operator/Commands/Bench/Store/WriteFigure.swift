import Foundation

/// What was counted of one way to write in one window, or the medians of several.
struct WriteFigure: Codable, Sendable {
    var writesPerSecond: Double
    var p50Microseconds: Double
    var p99Microseconds: Double
    /// Of the whole process, callers included.
    var cpuMicroseconds: Double
    var writesPerCommit: Double

    /// - Parameter figures: At least one.
    static func median(of figures: [WriteFigure]) -> WriteFigure {
        func middle(_ value: (WriteFigure) -> Double) -> Double { Median.of(figures.map(value)) }
        return WriteFigure(
            writesPerSecond: middle(\.writesPerSecond), p50Microseconds: middle(\.p50Microseconds),
            p99Microseconds: middle(\.p99Microseconds), cpuMicroseconds: middle(\.cpuMicroseconds),
            writesPerCommit: middle(\.writesPerCommit))
    }
}

/// Both ways beside each other, in one run.
struct WriteComparison: Codable, Sendable {
    let clients: Int
    let rounds: Int
    /// Writes that come at once share a commit.
    let shared: WriteFigure
    /// Each has its own.
    let alone: WriteFigure
    /// Median of the rounds' ratios of writes per second, shared ÷ alone.
    let ratio: Double

    /// - Parameters: As many figures of each, round by round.
    init(clients: Int, shared: [WriteFigure], alone: [WriteFigure]) {
        self.clients = clients
        rounds = shared.count
        self.shared = .median(of: shared)
        self.alone = .median(of: alone)
        ratio = Median.of(zip(shared, alone).map { $0.writesPerSecond / max($1.writesPerSecond, 1) })
    }

    var table: [String] {
        let rows = [("shared", shared, String(format: "%.2f", ratio)), ("one each", alone, "1.00")]
        return Table.rows(
            [["COMMITS", "CLIENTS", "WRITES/S", "×", "P50 µs", "P99 µs", "CPU µs", "WRITES/COMMIT"]]
                + rows.map { name, figure, ratio in
                    [
                        name, "\(clients)", Figures.grouped(Int64(figure.writesPerSecond)), ratio,
                        String(format: "%.0f", figure.p50Microseconds), String(format: "%.0f", figure.p99Microseconds),
                        String(format: "%.1f", figure.cpuMicroseconds), String(format: "%.1f", figure.writesPerCommit),
                    ]
                })
    }
}
