import RPC
import RPCZeroMQ
import TestSupport
import Testing
import Wire
import ZeroMQ

@Suite("Calls over tcp", .timeLimit(.minutes(1)))
struct SecurityTests {
    private let folder: TemporaryDirectory
    private let keys: TestKeys
    private let peers = EventLog()
    private let faults = EventLog()

    init() throws {
        folder = try TemporaryDirectory()
        keys = try TestKeys(folder)
    }

    private var server: RPCServer {
        var router = Router()
        TestCalls().register(with: &router)
        return RPCServer(router: router, interceptors: [PeerLog(peers: peers)])
    }

    private func transport(_ name: String, _ security: SecurityPolicy) -> ZeroMQTransport {
        var limits = ConnectionLimits()
        limits.pingInterval = .milliseconds(50)
        return ZeroMQTransport(identity: .testing(name), security: security, limits: limits)
    }

    /// Serves with these keys for the time of `body`.
    private func serving(_ body: (Endpoint) async throws -> Void) async throws {
        let transport = transport("server", try keys.servingPolicy())
        let listener = try transport.serve(server, at: Endpoint("tcp://127.0.0.1:*")) { [faults] in faults.add($0) }
        defer {
            listener.stop()
            transport.shutDown()
        }
        try await body(Endpoint(listener.endpoint))
    }

    /// Calls with a policy for the time of `body`.
    private func calling(
        _ endpoint: Endpoint, _ policy: SecurityPolicy, _ body: (CallsClient) async throws -> Void
    ) async throws {
        let transport = transport("client", policy)
        let channel = try transport.channel(to: endpoint, service: "server")
        defer {
            channel.close()
            transport.shutDown()
        }
        try await body(CallsClient(channel))
    }

    @Test("are refused unless they are encrypted, or plain ones were asked for by name")
    func refused() throws {
        let endpoint = try Endpoint("tcp://127.0.0.1:*")
        let plain = "\(endpoint) would be neither encrypted nor asked who it is. Give keys, or ask for plain tcp by name."
        let unserved = "\(endpoint) cannot be served: there is no list of those who may call."
        let unsaid = "\(endpoint) cannot be called: it is not said whose key its service must have."
        let unknown = "\(endpoint) cannot be called: \(folder.file("services")) has no key of other."
        for (policy, service, serving, calling) in [
            (SecurityPolicy.localOnly, "server", plain, plain),
            (try keys.callingPolicy(), nil, unserved, unsaid),
            (try keys.servingPolicy(), "server", nil, unsaid),
            (try keys.callingPolicy(), "other", unserved, unknown),
            (.plainTCP, nil, nil, nil),
        ] {
            let transport = transport("any", policy)
            defer { transport.shutDown() }
            func problem(_ body: () throws -> Void) -> String? {
                do { try body() } catch { return "\(error)" }
                return nil
            }
            #expect(problem { try transport.serve(server, at: endpoint).stop() } == serving)
            #expect(problem { try transport.channel(to: endpoint, service: service).close() } == calling)
        }
    }

    @Test("tell the handler whose key the caller has, whatever it calls itself")
    func named() async throws {
        try await serving { endpoint in
            try await calling(endpoint, keys.callingPolicy()) { client in
                _ = try await client.unary(TestingV1.Text(text: "x"))
                #expect(peers.contains("caller"))
                #expect(!peers.contains("client"))
            }
        }
    }

    @Test("of a key that is not on the list are UNAVAILABLE and reach no handler")
    func stranger() async throws {
        try await serving { endpoint in
            let services = try KeyListFile(folder.file("services"))
            let policy = SecurityPolicy.curve(own: .make(), callers: nil, services: services)
            try await calling(endpoint, policy) { client in
                let error = try await status { _ = try await client.unary(TestingV1.Text(text: "x")) }
                #expect(error.code == .unavailable)
                #expect(error.isUnprocessed)
                #expect(error.message.contains("has another key"))
            }
            #expect(!peers.contains("caller") && !peers.contains("client"))
        }
    }

    @Test("end for a caller whose key was taken off the list, and begin again when it is back")
    func takenOff() async throws {
        try await serving { endpoint in
            try await calling(endpoint, keys.callingPolicy()) { client in
                async let open = status { _ = try await client.unary(TestingV1.Text(text: "hang")) }
                _ = try await client.unary(TestingV1.Text(text: "x"))
                try keys.setCallers("somebody \(CurveKeyPair.make().publicKey)\n")
                #expect(try await open.code == .unavailable)
                try await faults.wait(for: "caller is not on the list of callers any more and is not served")
                try await poll(until: "calls are refused") {
                    do { _ = try await client.unary(TestingV1.Text(text: "x")) } catch { return true }
                    return false
                }
                try keys.setCallers("caller \(keys.client.publicKey)\n")
                let again = try await client.unary(TestingV1.Text(text: "y"), options: CallOptions(waitForReady: true))
                #expect(again.text == "y")
            }
        }
    }

    @Test("get through while the server's key is changed and its name has two")
    func twoKeys() async throws {
        try await serving { endpoint in
            try keys.setServices("server \(CurveKeyPair.make().publicKey)\nserver \(keys.server.publicKey)\n")
            try await calling(endpoint, keys.callingPolicy()) { client in
                let reply = try await client.unary(TestingV1.Text(text: "x"), options: CallOptions(waitForReady: true))
                #expect(reply.text == "x")
            }
        }
    }

    private struct PeerLog: ServerInterceptor {
        let peers: EventLog

        func intercept(
            _ context: ServerContext, _ next: @Sendable (ServerContext) async throws -> (any Message)?
        ) async throws -> (any Message)? {
            peers.add(context.peer)
            return try await next(context)
        }
    }
}
