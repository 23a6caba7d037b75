package import ArgumentParser
import ChildProcess
package import Contracts
import Foundation
import Glibc
import RPC
import RPCZeroMQ
import Wire
import ZeroMQ

package struct BenchRPCCommand: OlpCommand {
    package static let configuration = CommandConfiguration(
        commandName: "rpc",
        abstract: "Calls per second between two processes of this machine.",
        discussion: """
            Starts a server as a process of its own and calls it over a local
            socket, so many calls at a time, each caller calling again when it has
            its answer. Prints medians of the rounds.

            The message has the usual fields and is padded to --size. "echo" runs
            the handler on the pool as services do, "inline" on the I/O thread;
            with --loop, callers run on the client's I/O thread.
            """)

    @Option(name: .long, help: ArgumentHelp("Calls at a time; several, with commas.", valueName: "n"))
    package var inFlight = "1,64"

    @Option(name: .long, help: "Size of the message on the wire, in bytes.")
    package var size = 1024

    @Option(name: .long, help: "Seconds that a round counts.")
    package var seconds = 1.0

    @Option(name: .long, help: "Rounds of every case, one case after the other.")
    package var rounds = 5

    @Option(name: .long, help: "Which handler: echo or inline.")
    package var handler = "inline"

    @Flag(name: .long, inversion: .prefixedNo, help: "Run the callers on the client's I/O thread.")
    package var loop = true

    @Option(name: .long, help: ArgumentHelp("A server that runs already.", valueName: "endpoint"))
    package var endpoint: String?

    @Flag(name: .long, help: "Print one JSON object.")
    package var json = false

    package init() {}

    package func validate() throws {
        _ = try cases()
        guard ["echo", "inline"].contains(handler) else { throw ValidationError("--handler is echo or inline.") }
        guard rounds > 0, seconds > 0, 0...1_000_000 ~= size else {
            throw ValidationError("--rounds and --seconds are above 0, --size is 0 to 1000000.")
        }
    }

    private func cases() throws -> [Int] {
        let numbers = inFlight.split(separator: ",").map { Int($0.filter { $0 != " " }) ?? 0 }
        guard !numbers.isEmpty, numbers.allSatisfy({ 1...10_000 ~= $0 }) else {
            throw ValidationError("--in-flight is a number from 1 to 10000, or several with commas.")
        }
        return numbers
    }

    /// A case's medians.
    struct Line: Codable, Sendable {
        let inFlight: Int
        let bytes: Int
        let callsPerSecond: Double
        let p50Microseconds: Double
        let p99Microseconds: Double
        /// Of both processes together.
        let cpuMicrosecondsPerCall: Double?
    }

    package func perform(_ console: Console, _ surroundings: Surroundings) async throws {
        let server = try await BenchServer.start(endpoint, surroundings)
        defer { server.stop() }
        let connection = try ServiceConnection(Endpoint(server.endpoint), security: .plainTCP)
        defer { connection.close() }
        let message = BenchMessage.sample(size: size)
        let client = BenchClient(connection.channel)
        var options = CallOptions(timeout: .seconds(10))
        options.waitForReady = true
        _ = try await client.echo(message, options: options)
        var rounds: [Int: [Round]] = [:]
        for _ in 0..<self.rounds {
            for inFlight in try cases() {
                rounds[inFlight, default: []].append(
                    try await round(inFlight, client, message, connection, server))
            }
        }
        let lines = try cases().map { line($0, message.encoded().count, rounds[$0] ?? []) }
        guard !json else { return console.print(JSONText.encode(lines)) }
        for row in Self.table(lines) { console.print(row) }
    }

    private struct Round: Sendable {
        let result: ClosedLoop.Result
        let processorTime: Duration?
    }

    private func round(
        _ inFlight: Int, _ client: BenchClient, _ message: BenchV1.Sample, _ connection: ServiceConnection,
        _ server: BenchServer
    ) async throws -> Round {
        let isInline = handler == "inline"
        let before = server.processorTime
        let duration = Duration.seconds(seconds)
        let executor: (any TaskExecutor)? = loop ? connection.thread : nil
        let result = try await withTaskExecutorPreference(executor) {
            try await ClosedLoop.run(inFlight: inFlight, duration: duration, warmUp: .zero) { _, _ in
                if isInline { _ = try await client.echoInline(message) } else { _ = try await client.echo(message) }
            }
        }
        let after = server.processorTime
        return Round(result: result, processorTime: before.flatMap { before in after.map { $0 - before } })
    }

    private func line(_ inFlight: Int, _ bytes: Int, _ rounds: [Round]) -> Line {
        func median(_ value: (Round) -> Double) -> Double { Median.of(rounds.map(value)) }
        let costs = rounds.compactMap { round in
            round.processorTime.map { ($0 / .microseconds(1)) / Double(max(round.result.latencies.total, 1)) }
        }
        return Line(
            inFlight: inFlight, bytes: bytes, callsPerSecond: median { $0.result.perSecond },
            p50Microseconds: median { Double($0.result.latencies.quantile(0.5)) / 1000 },
            p99Microseconds: median { Double($0.result.latencies.quantile(0.99)) / 1000 },
            cpuMicrosecondsPerCall: costs.count == rounds.count ? Median.of(costs) : nil)
    }

    static func table(_ lines: [Line]) -> [String] {
        Table.rows(
            [["IN FLIGHT", "BYTES", "CALLS/S", "P50 µs", "P99 µs", "CPU µs/CALL"]]
                + lines.map { line in
                    [
                        "\(line.inFlight)", "\(line.bytes)", Figures.grouped(Int64(line.callsPerSecond)),
                        String(format: "%.0f", line.p50Microseconds), String(format: "%.0f", line.p99Microseconds),
                        line.cpuMicrosecondsPerCall.map { String(format: "%.1f", $0) } ?? "-",
                    ]
                })
    }
}

/// The server that is called: a child of ours, or one that somebody else started.
struct BenchServer: Sendable {
    let endpoint: String
    private let process: RunningProcess?

    static func start(_ endpoint: String?, _ surroundings: Surroundings) async throws -> BenchServer {
        if let endpoint { return BenchServer(endpoint: endpoint, process: nil) }
        let endpoint = "ipc:///tmp/olp-bench-\(getpid()).rpc"
        let process = try await RunningProcess.start(
            Launch(
                surroundings.executable, arguments: ["bench", "serve", "--endpoint", endpoint],
                environment: surroundings.environment, bond: .ownGroup, signalWithParent: SIGTERM))
        return BenchServer(endpoint: endpoint, process: process)
    }

    /// Nil if the server is not ours.
    var pid: Int32? { process?.pid }

    /// Of this process and the server; nil if the server is not ours.
    var processorTime: Duration? {
        guard let process, let own = ProcessCost.processorTime(of: getpid()),
            let other = ProcessCost.processorTime(of: process.pid)
        else { return nil }
        return own + other
    }

    func stop() {
        process?.send(signal: SIGTERM)
        unsafe unlink(String(endpoint.dropFirst("ipc://".count)))
    }
}

/// The message that is measured with; Tests/Benchmarks makes the same one.
package enum BenchMessage {
    /// - Parameter size: Bytes on the wire; the message without padding has 219 and is not made smaller.
    package static func sample(size: Int) -> BenchV1.Sample {
        var sample = BenchV1.Sample(
            id: "0190c3d2-7a4e-7c11-9f3b-5a1d2e3f4a5b", name: "Brookthorpe Church of England Primary School",
            town: "Oldham", urn: 105_588, pupils: 412, open: true, share: 0.163,
            tags: ["academy", "outstanding", "teaching-school"], years: [2015, 2016, 2017, 2018],
            at: GoogleProtobuf.Timestamp(seconds: 1_506_643_200, nanos: 250_000_000),
            note: "Converted to an academy in 2012; two names before.")
        let bare = sample.encoded().count
        // The padding's own field costs a tag and a length.
        for overhead in 2...5 where size - bare >= overhead {
            sample.padding = [UInt8](repeating: 0x5A, count: size - bare - overhead)
            if sample.encoded().count == size { break }
        }
        return sample
    }
}
