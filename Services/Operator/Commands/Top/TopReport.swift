/// What `olp top` shows of one interval.
package struct TopReport: Codable, Hashable, Sendable {
    /// One method, or all of a service.
    package struct Row: Codable, Hashable, Sendable {
        package let service: String
        /// Full name; nil for the service as a whole.
        package let method: String?
        package let callsPerSecond: Double
        /// By the name of the status.
        package let errorsPerSecond: [String: Double]
        /// In seconds; nil if no call ended.
        package let p50: Double?
        package let p99: Double?
        package let open: Int
        /// Processes of the service that answered.
        package let replicas: Int
    }

    /// In seconds.
    package let interval: Double
    /// Each service and, under it, its methods that had something to do.
    package let rows: [Row]
    /// Processes that did not answer.
    package let silent: [String]

    /// - Parameters:
    ///   - looks: of each process: its service's name, and what it had counted at both looks.
    package init(
        _ looks: [(service: String, earlier: CallCounts, later: CallCounts)], interval: Duration, silent: [String]
    ) {
        let seconds = interval / .seconds(1)
        self.interval = seconds
        self.silent = silent
        var names: [String] = []
        for look in looks where !names.contains(look.service) { names.append(look.service) }
        rows = names.flatMap { name in
            let replicas = looks.filter { $0.service == name }.map { $0.later.since($0.earlier) }
            let methods = replicas.reduce(into: [String: CallFlow]()) { $0.merge($1) { $0 + $1 } }
            let busy = methods.filter { !$0.value.isIdle }.sorted { $0.key < $1.key }
            func row(_ method: String?, _ flow: CallFlow) -> Row {
                Row(
                    service: name, method: method, callsPerSecond: flow.started / seconds,
                    errorsPerSecond: flow.errors.mapValues { $0 / seconds }, p50: flow.durations.quantile(0.5),
                    p99: flow.durations.quantile(0.99), open: Int(flow.open), replicas: replicas.count)
            }
            return [row(nil, busy.reduce(CallFlow()) { $0 + $1.value })] + busy.map { row($0.key, $0.value) }
        }
    }

    private static let nameWidth = 38
    private static let widths = [8, 8, 8, 8, 5, 5]

    /// At most 80 columns.
    package var lines: [String] {
        var lines = [Self.line("", ["CALLS/s", "ERR/s", "p50", "p99", "OPEN", "REPL"])]
        for row in rows {
            let name = row.method.map { "  \(Self.shortName($0))" } ?? row.service
            let errors = row.errorsPerSecond.values.reduce(0, +)
            lines.append(
                Self.line(
                    name,
                    [
                        Self.rate(row.callsPerSecond), Self.rate(errors), Self.time(row.p50), Self.time(row.p99),
                        "\(row.open)", row.method == nil ? "\(row.replicas)" : "",
                    ]))
            guard row.method != nil, errors > 0 else { continue }
            lines += row.errorsPerSecond.sorted { $0.key < $1.key }.map { status, rate in
                Self.line("    \(status)", ["", Self.rate(rate)])
            }
        }
        return lines + silent.map { "\($0) does not answer" }
    }

    private static func line(_ name: String, _ cells: [String]) -> String {
        let shown = name.count > nameWidth ? "\(name.prefix(nameWidth - 1))…" : name
        var line = shown + String(repeating: " ", count: nameWidth - shown.count)
        for (cell, width) in zip(cells, widths) {
            line += String(repeating: " ", count: max(0, width - cell.count)) + cell
        }
        return String(line.reversed().drop { $0 == " " }.reversed())
    }

    /// "Partners/GetPartner".
    private static func shortName(_ method: String) -> String {
        guard let slash = method.firstIndex(of: "/") else { return method }
        let start = method[..<slash].lastIndex(of: ".").map(method.index(after:)) ?? method.startIndex
        return String(method[start...])
    }

    /// Three figures are enough to see what goes on.
    private static func rate(_ value: Double) -> String {
        if value == 0 { return "0" }
        return value < 99.95 ? tenths(value) : Figures.grouped(Int64(value.rounded()))
    }

    private static func time(_ seconds: Double?) -> String {
        guard let seconds else { return "-" }
        switch seconds {
        case ..<0.000_999_5: return "\(Int((seconds * 1_000_000).rounded())) µs"
        case ..<0.099_95: return "\(tenths(seconds * 1_000)) ms"
        case ..<0.999_5: return "\(Int((seconds * 1_000).rounded())) ms"
        default: return "\(tenths(seconds)) s"
        }
    }

    private static func tenths(_ value: Double) -> String {
        let tenths = Int64((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }
}
