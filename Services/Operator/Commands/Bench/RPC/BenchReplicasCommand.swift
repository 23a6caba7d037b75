package import ArgumentParser
import Contracts
import Glibc
import RPC
import RPCZeroMQ
import ZeroMQ

package struct BenchReplicasCommand: OlpCommand {
    package static let configuration = CommandConfiguration(
        commandName: "replicas",
        abstract: "What more replicas of a server bring where its method computes.",
        discussion: """
            Starts servers as processes of their own, each kept on a core of its own,
            and calls a method that computes for half a millisecond, through
            one channel that balances between them; round by round with one of them
            and with all. Prints medians and the ratio.
            """)

    @Option(name: .long, help: "Replicas; at most one for each core.")
    package var replicas = 2

    @Option(name: .long, help: "Calls at a time.")
    package var inFlight = 16

    @Option(name: .long, help: "Seconds that a round counts.")
    package var seconds = 2.0

    @Option(name: .long, help: "Rounds of both.")
    package var rounds = 5

    @Flag(name: .long, help: "Print one JSON object.")
    package var json = false

    package init() {}

    package func validate() throws {
        guard 2...64 ~= replicas, 1...10_000 ~= inFlight, seconds > 0, rounds > 0 else {
            throw ValidationError(
                "--replicas is 2 to 64, --in-flight 1 to 10000, --seconds and --rounds are above 0.")
        }
    }

    struct Report: Codable {
        let replicas: Int
        let inFlight: Int
        let one: Double
        let all: Double
        /// Median of the rounds' ratios.
        let ratio: Double
    }

    package func perform(_ console: Console, _ surroundings: Surroundings) async throws {
        let cores = sysconf(Int32(_SC_NPROCESSORS_ONLN))
        guard replicas <= cores else {
            throw Failure(
                .usage, "there are \(cores) cores for \(replicas) replicas", advice: "Give fewer: --replicas \(cores)")
        }
        let servers = try await start(surroundings)
        let result: Result<Report, any Error>
        do { result = .success(try await measure(servers)) } catch { result = .failure(error) }
        for server in servers { server.stop() }
        let report = try result.get()
        guard !json else { return console.print(JSONText.encode(report)) }
        console.print(
            "\(Figures.grouped(Int64(report.one))) calls/s of one, \(Figures.grouped(Int64(report.all))) of \(replicas), "
                + "\(Figures.hundredths(report.ratio)) times as many, \(inFlight) at a time")
    }

    /// One on each core.
    private func start(_ surroundings: Surroundings) async throws -> [BenchServer] {
        var servers: [BenchServer] = []
        for core in 0..<replicas {
            servers.append(try await BenchServer.start(.tcp, handler: .work, core: core, surroundings))
        }
        return servers
    }

    private func measure(_ servers: [BenchServer]) async throws -> Report {
        var one: [Double] = []
        var all: [Double] = []
        for _ in 0..<rounds {
            one.append(try await rate(of: [servers[0]]))
            all.append(try await rate(of: servers))
        }
        return Report(
            replicas: replicas, inFlight: inFlight, one: Median.of(one), all: Median.of(all),
            ratio: Median.of(zip(all, one).map { $0 / max($1, 1) }))
    }

    /// Calls a second.
    private func rate(of servers: [BenchServer]) async throws -> Double {
        let connection = try ServiceConnection(
            to: .replicas(try servers.map { try Endpoint($0.endpoint) }),
            security: BenchKeys(folder: nil).policy(of: BenchKeys.caller), service: BenchKeys.server)
        defer { connection.close() }
        let client = BenchClient(connection.channel)
        let message = BenchMessage.sample(size: 64)
        let options = CallOptions(timeout: .seconds(10), waitForReady: true)
        return try await ClosedLoop.run(
            inFlight: inFlight, duration: .seconds(seconds), warmUp: .milliseconds(500)
        ) { _, _ in _ = try await client.echo(message, options: options) }.perSecond
    }
}
