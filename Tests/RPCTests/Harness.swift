import RPC
import RPCInProcess
import RPCZeroMQ
import Synchronization
import TestSupport
import Testing
import Wire
import ZeroMQ

/// Which way a test's calls take. Every behaviour of calls holds on all of them.
enum Transport: CaseIterable, Sendable, CustomTestStringConvertible {
    case inProcess, ipc, tcp, curve

    var testDescription: String { "\(self)" }
}

/// A server with the test service and a channel to it, for the time of `body`.
func withCalls<Result>(
    over transport: Transport, _ handlers: TestCalls = TestCalls(), interceptors: [any ServerInterceptor] = [],
    callInterceptors: [any ServerCallInterceptor] = [],
    limits: ConnectionLimits = ConnectionLimits(),
    _ body: (CallsClient, any Channel) async throws -> Result
) async throws -> Result {
    var router = Router()
    router.decodeLimits.maxBytes = limits.maximumMessageBytes
    handlers.register(with: &router)
    return try await withServer(
        over: transport, router, interceptors: interceptors, callInterceptors: callInterceptors, limits: limits
    ) { server async throws in
        try await server.withChannel { channel async throws in try await body(CallsClient(channel), channel) }
    }
}

/// A server with any handlers, for the time of `body`.
func withServer<Result>(
    over transport: Transport, _ router: Router, interceptors: [any ServerInterceptor] = [],
    callInterceptors: [any ServerCallInterceptor] = [], limits: ConnectionLimits = ConnectionLimits(),
    _ body: (TestServer) async throws -> Result
) async throws -> Result {
    let server = RPCServer(router: router, interceptors: interceptors, callInterceptors: callInterceptors)
    if transport == .inProcess { return try await body(TestServer { (InProcessChannel(to: server), {}) }) }
    let folder = try TemporaryDirectory()
    let endpoint = transport == .ipc ? "ipc://\(folder.path)/s" : "tcp://127.0.0.1:*"
    let keys = try transport == .curve ? TestKeys(folder) : nil
    let serving = ZeroMQTransport(
        identity: .testing("server"), security: try keys?.servingPolicy() ?? .plainTCP, limits: limits)
    let calling = ZeroMQTransport(
        identity: .testing("client"), security: try keys?.callingPolicy() ?? .plainTCP, limits: limits)
    let listener = try serving.serve(server, at: Endpoint(endpoint))
    defer {
        listener.stop()
        calling.shutDown()
        serving.shutDown()
        withExtendedLifetime(folder) {}
    }
    return try await body(TestServer {
        let channel = try calling.channel(to: Endpoint(listener.endpoint), service: "server")
        return (channel, { channel.close() })
    })
}

/// A server that runs, and the way to it.
struct TestServer: Sendable {
    private let open: @Sendable () throws -> (any Channel, close: @Sendable () -> Void)

    init(open: @escaping @Sendable () throws -> (any Channel, close: @Sendable () -> Void)) { self.open = open }

    /// A channel of its own for the time of `body`.
    func withChannel<Result>(_ body: (any Channel) async throws -> Result) async throws -> Result {
        let (channel, close) = try open()
        defer { close() }
        return try await body(channel)
    }
}

/// Keys of a server and of the one client that it lets in, with their lists.
struct TestKeys {
    let folder: TemporaryDirectory
    let server = CurveKeyPair.make()
    let client = CurveKeyPair.make()

    init(_ folder: TemporaryDirectory) throws {
        self.folder = folder
        try setCallers("caller \(client.publicKey)\n")
        try setServices("server \(server.publicKey)\n")
    }

    func setCallers(_ text: String) throws { try folder.write(text, to: "callers") }
    func setServices(_ text: String) throws { try folder.write(text, to: "services") }

    func servingPolicy() throws -> SecurityPolicy {
        .curve(own: server, callers: try KeyListFile(folder.file("callers")), services: nil)
    }

    func callingPolicy() throws -> SecurityPolicy {
        .curve(own: client, callers: nil, services: try KeyListFile(folder.file("services")))
    }
}

extension ProcessIdentity {
    static func testing(_ service: String) -> ProcessIdentity {
        ProcessIdentity(service: service, instanceID: "\(service)-1", build: "test")
    }
}

/// The test service. What it is asked for is written in the request's text.
struct TestCalls: CallsHandlers {
    /// Fills with what handlers went through, in order.
    let events = EventLog()

    func unary(_ request: TestingV1.Text, context: ServerContext) async throws -> TestingV1.Text {
        switch request.text {
        case "metadata":
            var initial = Metadata()
            initial.add("x-initial", context.metadata.text("x-echo") ?? "none")
            context.sendInitialMetadata(initial)
            var trailing = Metadata()
            trailing.add("x-trailing-bin", binary: context.metadata.binary("x-echo-bin") ?? [])
            context.setTrailingMetadata(trailing)
        case "fail": throw RPCError(.notFound, "no such thing: ☺ 😈\t\r\n", details: [8, 5])
        case "surprise": throw Surprise()
        case "hang": try await hang()
        case "grow": return TestingV1.Text(text: String(repeating: "x", count: 5 << 20))
        case "answer, then fail":
            context.sendInitialMetadata(Metadata())
            throw RPCError(.unavailable, "after the answer had begun")
        case "key": return TestingV1.Text(text: context.idempotencyKey ?? "none")
        case "remaining": return TestingV1.Text(text: context.deadline == nil ? "none" : "some")
        default: break
        }
        return request
    }

    func serverStream(
        _ request: TestingV1.Number, to writer: ResponseWriter<TestingV1.Number>, context: ServerContext
    ) async throws {
        var sent: Int64 = 0
        do {
            while request.number < 0 || sent < request.number {
                try await writer.write(TestingV1.Number(number: sent))
                sent += 1
            }
        } catch {
            events.add("stopped writing")
            throw error
        }
    }

    func clientStream(
        _ requests: RequestStream<TestingV1.Number>, context: ServerContext
    ) async throws -> TestingV1.Number {
        var sum: Int64 = 0
        for try await request in requests {
            if request.number < 0 { throw RPCError(.outOfRange, "negative") }
            sum += request.number
        }
        return TestingV1.Number(number: sum)
    }

    func bidirectional(
        _ requests: RequestStream<TestingV1.Text>, to writer: ResponseWriter<TestingV1.Text>, context: ServerContext
    ) async throws {
        for try await request in requests {
            if request.text == "hang" { try await hang() }
            if request.text == "away" { throw RPCError(.unavailable, "away") }
            if request.text.hasPrefix("keep") { continue }
            try await writer.write(request)
        }
    }

    struct Surprise: Error {}

    /// Waits until the call is cancelled, and says so.
    private func hang() async throws {
        events.add("started")
        let never = AsyncStream<Void> { _ in }
        for await _ in never {}
        events.add("cancelled")
        throw CancellationError()
    }
}

/// What happened elsewhere, for a test to wait for.
final class EventLog: Sendable {
    private let events = Mutex<[String]>([])

    func add(_ event: String) { events.withLock { $0.append(event) } }
    func contains(_ event: String) -> Bool { events.withLock { $0.contains(event) } }

    func wait(for event: String) async throws {
        try await poll(until: "the handler says \"\(event)\"") { contains(event) }
    }
}

/// Runs `body` and returns the status that it threw.
func status(_ body: () async throws -> Void) async throws -> RPCError {
    do {
        try await body()
    } catch let error as RPCError {
        return error
    }
    Issue.record("the call ended with OK")
    throw CancellationError()
}
