import RPC
import RPCZeroMQ
import Synchronization
import TestSupport
import Testing
import ZeroMQ

/// A server, a client whose way to it leads through a proxy, and a neighbour that reaches it directly and must not
/// notice anything.
final class FaultBench: Sendable {
    let proxy: FaultProxy
    let client: CallsClient
    let handlers = TestCalls()
    private let folder: TemporaryDirectory
    private let serving: ZeroMQTransport
    private let calling: ZeroMQTransport
    private let channel: ZeroMQChannel
    private let direct: ZeroMQChannel
    private let running: Mutex<ZeroMQServer>
    let neighbour: Neighbour

    /// Silence after which a PING is due: short, so that a dead connection shows within two seconds, and long enough for
    /// a busy machine.
    static let pingInterval = Duration.milliseconds(400)

    /// - Parameter encrypted: whether calls are, with CURVE.
    init(pingInterval: Duration = FaultBench.pingInterval, encrypted: Bool = false) throws {
        folder = try TemporaryDirectory()
        let keys = try encrypted ? TestKeys(folder) : nil
        var limits = ConnectionLimits()
        limits.pingInterval = pingInterval
        // Enough for streams to wait for it now and then, and little to be read when a fault has come.
        limits.initialStreamCredit = 32 << 10
        serving = ZeroMQTransport(
            identity: .testing("server"), security: try keys?.servingPolicy() ?? .plainTCP, limits: limits)
        calling = ZeroMQTransport(
            identity: .testing("client"), security: try keys?.callingPolicy() ?? .plainTCP, limits: limits)
        let server = try Self.serve(handlers, serving)
        running = Mutex(server)
        proxy = try FaultProxy(to: try Self.port(server))
        channel = try calling.channel(to: Endpoint("tcp://127.0.0.1:\(proxy.port)"), service: "server")
        direct = try calling.channel(to: Endpoint(server.endpoint), service: "server")
        client = CallsClient(channel)
        neighbour = Neighbour(CallsClient(direct))
    }

    private static func serve(_ handlers: TestCalls, _ transport: ZeroMQTransport) throws -> ZeroMQServer {
        var router = Router()
        handlers.register(with: &router)
        return try transport.serve(RPCServer(router: router), at: Endpoint("tcp://127.0.0.1:*"))
    }

    private static func port(_ server: ZeroMQServer) throws -> Int {
        try #require(server.endpoint.split(separator: ":").last.flatMap { Int($0) })
    }

    /// Another server takes the place behind the proxy; the first goes on for the neighbour.
    func replaceServer() throws {
        let server = try Self.serve(handlers, serving)
        proxy.setUpstream(try Self.port(server))
        running.withLock { $0 = server }
    }

    /// Where the server itself listens.
    var port: Int { get throws { try Self.port(running.withLock { $0 }) } }

    /// Calls open at the server that the proxy leads to, the neighbour's own included.
    func openCalls() async -> Int { await running.withLock { $0 }.openCalls() }

    func end() {
        neighbour.stop()
        channel.close()
        direct.close()
        running.withLock { $0 }.stop()
        calling.shutDown()
        serving.shutDown()
    }
}

/// A stream that is open for as long as a test runs, beside what the test does to others.
final class Neighbour: Sendable {
    private final class Progress: Sendable {
        let state = Mutex((echoes: 0, failure: (any Error)?.none))
    }

    private let progress = Progress()
    private let questions: AsyncStream<Int>.Continuation

    init(_ client: CallsClient) {
        let (stream, continuation) = AsyncStream.makeStream(of: Int.self)
        questions = continuation
        Task { [progress] in
            do {
                try await client.bidirectional(options: CallOptions(waitForReady: true)) {
                    writer, answers async throws in
                    for await number in stream {
                        try await writer.write(TestingV1.Text(text: "\(number)"))
                        let answer = try await answers.next()?.text
                        guard answer == "\(number)" else {
                            throw RPCError(.dataLoss, "asked \(number), got \(answer ?? "an end")")
                        }
                        progress.state.withLock { $0.echoes += 1 }
                    }
                    writer.finish()
                    _ = try await answers.next()
                }
            } catch {
                progress.state.withLock { $0.failure = error }
            }
        }
    }

    /// Asks once more on the same stream, and records an issue if it has ended.
    func check(_ location: SourceLocation = #_sourceLocation) async throws {
        let before = progress.state.withLock { $0.echoes }
        questions.yield(before)
        let failure = try await poll(for: "the neighbour's answer", timeout: .seconds(20), interval: .milliseconds(1)) {
            progress.state.withLock { state in
                state.echoes > before || state.failure != nil ? "\(state.failure, default: "none")" : nil
            }
        }
        #expect(failure == "none", "a client beside the fault must not notice it", sourceLocation: location)
    }

    func stop() { questions.finish() }
}
