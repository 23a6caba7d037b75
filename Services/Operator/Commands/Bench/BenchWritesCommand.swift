package import ArgumentParser
import Contracts
import RPC

package struct BenchWritesCommand: OlpCommand {
    package static let configuration = CommandConfiguration(
        commandName: "writes",
        abstract: "Durable writes per second of the suite that runs: it is given invented candidates.",
        discussion: """
            Registers candidates at Enrolment by RPC, each under a key of its own: the
            key's reply is looked for, then row, history, event and reply are written,
            and the answer comes once they are on disk. They stay: use a suite of its own.

            Once more without shared commits, for comparison:

              OLP_ENROLMENT_STORE_WRITES_PER_COMMIT=1 olp up --detach --data /tmp/alone
            """)

    @OptionGroup package var suite: SuiteOptions

    @Option(name: .long, help: "Writes at a time.")
    package var inFlight = 64

    @Option(name: .long, help: "Seconds that are counted.")
    package var seconds = 5.0

    @Option(name: .long, help: "Seconds before them in which nothing is counted.")
    package var warmUp = 1.0

    @Flag(name: .long, help: "Print one JSON object.")
    package var json = false

    package init() {}

    package func validate() throws {
        guard 1...1000 ~= inFlight, seconds > 0, warmUp >= 0 else {
            throw ValidationError("--in-flight is 1 to 1000, --seconds above 0, --warm-up not below.")
        }
    }

    struct Report: Codable {
        let inFlight: Int
        let writesPerSecond: Double
        let p50Milliseconds: Double
        let p99Milliseconds: Double
    }

    package func perform(_ console: Console, _ surroundings: Surroundings) async throws {
        let state = try SuiteState.running(in: suite.folder(surroundings), surroundings)
        let connection = try ServiceConnection(to: state.target("enrolment"))
        defer { connection.close() }
        let client = CandidatesClient(connection.channel)
        let result = try await ClosedLoop.run(
            inFlight: inFlight, duration: .seconds(seconds), warmUp: .seconds(warmUp)
        ) { caller, number in
            let request = EnrolmentV1.RegisterCandidateRequest(
                fullName: "Measured Candidate \(caller) \(number)", reason: "measured")
            let options = CallOptions(
                timeout: .seconds(30), idempotencyKey: IdempotencyKey.random(), waitForReady: true)
            _ = try await client.registerCandidate(request, options: options)
        }
        let report = Report(
            inFlight: inFlight, writesPerSecond: result.perSecond,
            p50Milliseconds: result.latencies.milliseconds(0.5),
            p99Milliseconds: result.latencies.milliseconds(0.99))
        guard !json else { return console.print(JSONText.encode(report)) }
        console.print(
            "\(Figures.grouped(Int64(report.writesPerSecond))) writes/s with \(inFlight) at a time, "
                + "p50 \(Figures.hundredths(report.p50Milliseconds)) ms, "
                + "p99 \(Figures.hundredths(report.p99Milliseconds)) ms")
    }
}
