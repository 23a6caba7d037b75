package import ArgumentParser
import Foundation
import RPC
import RPCZeroMQ
import Synchronization
import ZeroMQ

package struct HealthCommand: OlpCommand {
    package static let configuration = CommandConfiguration(
        commandName: "health",
        abstract: "Asks the services whether they take work.",
        discussion: """
            Asks with gRPC's health protocol, over the way that calls take. Without
            a name every process of the suite is asked for all that it has.

              olp health
              olp health partnership Applications
              olp health --watch                  a line for each change
              olp health --endpoint ipc:///run/olp/enrolment.rpc
              olp health --endpoint tcp://10.0.0.5:7002 --process enrolment

            Exit code 0: all serve; 1: one does not. With --watch that is what they
            did last before Ctrl-C.
            """)

    @OptionGroup package var suite: SuiteOptions

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Ask the process there instead of the suite: ipc:///path or tcp://host:port.",
            valueName: "endpoint"))
    package var endpoint: String?

    @Option(
        name: .long,
        help: ArgumentHelp("Which process it is over tcp: whose key it must have.", valueName: "name"))
    package var process: String?

    @OptionGroup(title: "To services on other machines") package var security: ConnectionOptions

    @Flag(name: .long, help: "Go on, and tell each change, until Ctrl-C.")
    package var watch = false

    @Option(name: .long, help: "Longest wait for an answer, in seconds.")
    package var timeout = 2.0

    @Flag(name: .long, help: "Print one JSON object; with --watch one a line for each change.")
    package var json = false

    @Argument(help: ArgumentHelp("Names of processes or services. Default: all.", valueName: "service"))
    package var services: [String] = []

    package init() {}

    package func validate() throws {
        guard timeout > 0, timeout <= 3600 else { throw ValidationError("--timeout is above 0 and at most 3600.") }
    }

    package func perform(_ console: Console, _ surroundings: Surroundings) async throws {
        let targets: HealthTargets
        if let endpoint {
            targets = HealthTargets(endpoint: endpoint, process: process, words: services)
        } else {
            targets = try HealthTargets(
                SuiteState.running(in: suite.folder(surroundings), surroundings), words: services)
        }
        let connections = try connect(targets, surroundings)
        defer { for connection in connections { connection.close() } }
        let probes = zip(targets.processes, connections).map { process, connection in
            Probed(
                probe: HealthProbe(process.name, connection.channel, timeout: .seconds(timeout)),
                services: process.services)
        }
        let lines = watch ? try await watch(probes, console) : try await ask(probes)
        let report = HealthReport(lines)
        if !watch {
            if json {
                console.print(report.json)
            } else {
                for row in report.rows(isDetailed: !services.isEmpty) { console.print(row) }
            }
        }
        guard let failure = report.failure else { return }
        // The object has said it already.
        if json { throw ExitCode(failure.exit.code) }
        throw failure
    }

    private struct Probed: Sendable {
        let probe: HealthProbe
        let services: [String]
    }

    private func connect(
        _ targets: HealthTargets, _ surroundings: Surroundings
    ) throws(Failure) -> [ServiceConnection] {
        var connections: [ServiceConnection] = []
        for process in targets.processes {
            do throws(Failure) {
                let endpoint: Endpoint
                do {
                    endpoint = try Endpoint(process.endpoint)
                } catch {
                    throw Failure(.usage, "--endpoint \(process.endpoint): \(error)")
                }
                connections.append(
                    try security.connect(
                        endpoint, process: self.endpoint == nil ? process.service : self.process,
                        howToSay: "olp health --endpoint \(process.endpoint) --process NAME", surroundings))
            } catch {
                for connection in connections { connection.close() }
                throw error
            }
        }
        return connections
    }

    private func ask(_ probes: [Probed]) async throws -> [HealthLine] {
        try await Parallel.map(probes, inFlight: max(1, probes.count)) { probed in
            await probed.probe.lines(of: probed.services)
        }.flatMap(\.self)
    }

    /// - Returns: what each said last.
    private func watch(_ probes: [Probed], _ console: Console) async throws -> [HealthLine] {
        let last = LastLines()
        let json = json
        try await Stoppable.run(console, saying: "") {
            await withTaskGroup(of: Void.self) { group in
                for probed in probes {
                    for service in probed.services.isEmpty ? [""] : probed.services {
                        group.addTask {
                            await probed.probe.watch(service) { line in
                                last.keep(line)
                                console.print(json ? JSONText.encode(line) : Self.text(line, at: Date()))
                            }
                        }
                    }
                }
            }
        }
        return last.all
    }

    private static func text(_ line: HealthLine, at date: Date) -> String {
        let name = line.service.isEmpty ? line.process : "\(line.process) \(line.service)"
        return "\(date.formatted(.iso8601))  \(name)  \(line.status)" + (line.reason.map { "  \($0)" } ?? "")
    }

    private final class LastLines: Sendable {
        private let kept = Mutex<[[String]: HealthLine]>([:])

        func keep(_ line: HealthLine) { kept.withLock { $0[[line.process, line.service]] = line } }

        var all: [HealthLine] {
            kept.withLock { $0.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.value) }
        }
    }
}
