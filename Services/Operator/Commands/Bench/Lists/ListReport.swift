import Foundation
import Glibc
import ServiceKit

/// What one combination took.
struct ListFigure: Codable, Sendable {
    let method: String
    /// What was chosen; empty for all.
    let filter: String
    let order: String
    /// "first", "deep" or "last".
    let page: String
    let rows: Int
    let calls: Int
    let p50Milliseconds: Double
    let p99Milliseconds: Double
    let mostMilliseconds: Double
}

/// What was measured, where and when.
struct ListReport: Codable, Sendable {
    let machine: Machine
    let via: String
    let pageSize: Int
    /// Of the longest list that was walked to its end or to the limit, by method: its pages.
    var pages: [String: Int] = [:]
    /// Slowest first.
    var figures: [ListFigure] = []
    /// What could not be asked.
    var errors: [String] = []

    var worst: ListFigure? { figures.first }

    func lines(most: Int) -> [String] {
        let shown = most == 0 ? figures : Array(figures.prefix(most))
        func text(_ milliseconds: Double) -> String { String(format: "%.2f", milliseconds) }
        let table = Table.rows(
            [["P99 ms", "P50 ms", "MAX ms", "ROWS", "PAGE", "LIST", "ORDER", "FILTER"]]
                + shown.map { figure in
                    [
                        text(figure.p99Milliseconds), text(figure.p50Milliseconds), text(figure.mostMilliseconds),
                        "\(figure.rows)", figure.page, figure.method, figure.order, figure.filter,
                    ]
                })
        let rest = figures.count > shown.count ? ["… and \(figures.count - shown.count) faster ones"] : []
        let worst = self.worst.map { "worst p99 \(text($0.p99Milliseconds)) ms of \(figures.count) combinations" }
        return table + rest + [worst ?? "no list was asked", "via \(via), \(pageSize) rows a page; \(machine.line)"]
    }
}

/// The machine that measured.
struct Machine: Codable, Sendable {
    let processor: String
    let processors: Int
    /// Of the minute before the end.
    var load: Double
    let at: Date

    static func now() -> Machine {
        let text = (try? SystemFile.read("/proc/cpuinfo", limit: 1 << 20)).map { String(decoding: $0, as: UTF8.self) }
        let model = text?.split(separator: "\n").first { $0.hasPrefix("model name") }
        let name = model?.split(separator: ":").last.map { $0.drop { $0 == " " } } ?? "unknown processor"
        let load = (try? SystemFile.read("/proc/loadavg", limit: 256)).map { String(decoding: $0, as: UTF8.self) }
        return Machine(
            processor: String(name), processors: ProcessInfo.processInfo.activeProcessorCount,
            load: load?.split(separator: " ").first.flatMap { Double($0) } ?? 0, at: Date())
    }

    var line: String {
        let day = at.formatted(.iso8601.year().month().day())
        return "\(day), \(processors) processors (\(processor)), load \(load)"
    }
}
