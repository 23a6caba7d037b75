package import ArgumentParser
import Foundation
import HTTPClient

package struct StatusCommand: OlpCommand {
    package static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Says what runs and whether it is well.",
        discussion: """
            Asks every process itself, and the gateway whether it reaches the
            others. Exit code 0: all is well; 1: something is not; 3: no suite runs
            on this data.
            """)

    @OptionGroup package var suite: SuiteOptions

    @Flag(name: .long, help: "Print one JSON object.")
    package var json = false

    package init() {}

    /// One process, as it answers now.
    package struct Line: Codable, Hashable, Sendable {
        package let name: String
        /// What it is one of.
        package let service: String
        /// "ready", "starting", "waiting", "stopped", or "not ready" and "silent" by its own answer or lack of one;
        /// "cut off" for a gateway that is ready and does not reach all services.
        package let state: String
        /// Why it is not ready, in its own words.
        package let reason: String?
        package let pid: Int32?
        package let restarts: Int
        package let endpoint: String?
        package let adminPort: Int
        package let log: String
    }

    struct Report: Codable {
        let url: String
        let pid: Int32
        let startedAt: Date
        let database: String?
        let services: [Line]
    }

    package func perform(_ console: Console, _ surroundings: Surroundings) async throws {
        let folder = suite.folder(surroundings)
        let state = try SuiteState.running(in: folder, surroundings)
        var lines: [Line] = []
        for service in state.services { lines.append(await Self.ask(service, state)) }
        if json {
            console.print(
                JSONText.encode(
                    Report(
                        url: state.url, pid: state.pid, startedAt: state.startedAt, database: state.database,
                        services: lines)))
        } else {
            console.print("\(state.url)  (process \(state.pid), since \(state.startedAt.formatted(.iso8601)))")
            if let database = state.database { console.print("stores in \(database)") }
            for row in Self.table(lines, surroundings) { console.print(row) }
        }
        if let bad = lines.first(where: { $0.state != "ready" }) {
            throw Failure(
                .failure, "\(bad.name) is \(bad.state)\(bad.reason.map { ": \($0)" } ?? "")",
                advice: "Its log: \(surroundings.shown(bad.log))")
        }
    }

    private static func ask(_ service: SuiteState.Service, _ state: SuiteState) async -> Line {
        func line(_ state: String, _ reason: String? = nil) -> Line {
            Line(
                name: service.name, service: service.service, state: state, reason: reason, pid: service.pid,
                restarts: service.restarts, endpoint: service.endpoint, adminPort: service.adminPort, log: service.log)
        }
        guard service.pid != nil else { return line(service.phase.rawValue) }
        guard let reply = await Readiness.reply(adminPort: service.adminPort) else {
            return line(
                service.phase == .starting ? "starting" : "silent", "it does not answer on port \(service.adminPort)")
        }
        if reply.status == 200 {
            guard let url = service.url, let complaint = await GatewayView.complaint(url, state) else {
                return line("ready")
            }
            return line("cut off", complaint)
        }
        return line("not ready", reply.text.split(whereSeparator: \.isNewline).joined(separator: " "))
    }

    package static func table(_ lines: [Line], _ surroundings: Surroundings) -> [String] {
        Table.rows(
            [["", "STATE", "PID", "RESTARTS", "ADMIN", "CALLS"]]
                + lines.map { line in
                    [
                        line.name, line.state, line.pid.map { "\($0)" } ?? "-", "\(line.restarts)",
                        "127.0.0.1:\(line.adminPort)", line.endpoint ?? "-",
                    ]
                })
    }
}

/// Columns under each other.
package enum Table {
    package static func rows(_ cells: [[String]]) -> [String] {
        let columns = cells.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in
            cells.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
        }
        return cells.map { row in
            let padded = row.enumerated().map { column, text in
                text + String(repeating: " ", count: widths[column] - text.count)
            }
            let line = padded.joined(separator: "  ")
            return String(line.reversed().drop { $0 == " " }.reversed())
        }
    }
}
