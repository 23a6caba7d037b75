package import ArgumentParser
import Contracts
import Foundation
import Glibc
import RPC
import RPCZeroMQ
import ZeroMQ

package struct BenchSoakCommand: OlpCommand {
    package static let configuration = CommandConfiguration(
        commandName: "soak",
        abstract: "Calls of every kind for a long time: nothing may grow.",
        discussion: """
            Small and big calls, streams read to the end and left, cancelled calls,
            calls out of time, and connections made for one call each. Says what both
            processes hold, and fails if that grows or a call fails.
            """,
        shouldDisplay: false)

    @Option(name: .long, help: "Seconds to go on.")
    package var seconds = 600.0

    @Option(name: .long, help: "Seconds between two reports.")
    package var report = 10.0

    @Option(name: .long, help: "Seconds that a call may take.")
    package var timeout = 10.0

    @Option(name: .long, help: ArgumentHelp("A server that runs already.", valueName: "endpoint"))
    package var endpoint: String?

    @Flag(name: .long, help: "Count calls that fail, instead of failing: somebody disturbs the network.")
    package var tolerant = false

    @Flag(name: .long, help: "Print one JSON object a report.")
    package var json = false

    package init() {}

    package func validate() throws {
        guard seconds > 0, report > 0, timeout > 0 else {
            throw ValidationError("--seconds, --report and --timeout are above 0.")
        }
    }

    package func perform(_ console: Console, _ surroundings: Surroundings) async throws {
        let server =
            if let endpoint { BenchServer(running: endpoint, pid: nil) } else {
                try await BenchServer.start(.ipc, handler: .echo, surroundings)
            }
        defer { server.stop() }
        let endpoint = try Endpoint(server.endpoint)
        let connection = try ServiceConnection(endpoint, security: .plainTCP)
        defer { connection.close() }
        let client = BenchClient(connection.channel)
        _ = try await client.echo(BenchV1.Sample(), options: CallOptions(timeout: .seconds(10), waitForReady: true))
        let tally = SoakTally()
        let work = SoakWork(endpoint: endpoint, client: client, tally: tally, timeout: .seconds(timeout))
        let samples = try await withThrowingTaskGroup(of: Void.self) { group in
            for caller in SoakWork.callers {
                group.addTask { while !Task.isCancelled { await caller(work) } }
            }
            defer { group.cancelAll() }
            return try await watch(tally, server, console)
        }
        let growth = SoakVerdict.growth(samples)
        guard growth.isEmpty else { throw Failure(.failure, growth.joined(separator: "; ")) }
        let failed = samples.reduce(0) { $0 + $1.failed.values.reduce(0, +) }
        guard failed == 0 || tolerant else { throw Failure(.failure, "\(failed) calls failed") }
    }

    private func watch(_ tally: SoakTally, _ server: BenchServer, _ console: Console) async throws -> [SoakSample] {
        let begun = ContinuousClock.now
        var samples: [SoakSample] = []
        while ContinuousClock.now - begun < .seconds(seconds) {
            try await Task.sleep(until: begun + .seconds(report) * (samples.count + 1))
            let counts = tally.take()
            let sample = SoakSample(
                at: Date().timeIntervalSince1970, elapsedSeconds: (.now - begun) / .seconds(1),
                succeeded: counts.succeeded, ended: counts.ended, failed: counts.failed,
                longestMilliseconds: Int(counts.longest / .milliseconds(1)), caller: SoakUse(of: getpid()),
                server: server.pid.map { SoakUse(of: $0) })
            samples.append(sample)
            console.print(json ? JSONText.encode(sample) : Self.line(sample))
        }
        return samples
    }

    private static func line(_ sample: SoakSample) -> String {
        func use(_ name: String, _ use: SoakUse?) -> String {
            use.map { "; \(name) \(Figures.size($0.residentBytes)), \($0.descriptors) descriptors" } ?? ""
        }
        let failures = sample.failed.sorted { $0.key < $1.key }.map { ", \($0.value) \($0.key)" }.joined()
        return
            "\(Int(sample.elapsedSeconds.rounded())) s: \(Figures.grouped(sample.succeeded)) calls, \(sample.ended) cut short"
            + failures + ", longest \(sample.longestMilliseconds) ms"
            + use("caller", sample.caller) + use("server", sample.server)
    }
}
