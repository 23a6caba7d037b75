import Synchronization
import TestSupport
import Testing

@testable import ZeroMQ

@Suite("Encrypted connections", .timeLimit(.minutes(1)))
struct CurveConnectionTests {
    private let folder: TemporaryDirectory
    private let server = CurveKeyPair.make()
    private let client = CurveKeyPair.make()

    init() throws {
        folder = try TemporaryDirectory()
        try write("gateway \(client.publicKey)\n")
    }

    private func write(_ text: String) throws { try folder.write(text, to: "clients") }

    private func guarded(
        by list: KeyListFile, in context: Context = .process
    ) throws -> Listening {
        try Listening(.server(own: server, domain: context.authenticator().openDomain(list)), in: context)
    }

    private func list() throws -> KeyListFile { try KeyListFile(folder.file("clients")) }

    @Test("are made with the right keys, and messages tell whose they are")
    func right() async throws {
        let listening = try guarded(by: list())
        let dialled = try Dialled(listening.endpoint, .client(server: server.publicKey, own: client))
        #expect(try await dialled.outcome() == .connected)
        let received = try await listening.message(from: dialled)
        #expect(received.second?.count == 50)
        #expect(received.sender?.name == "gateway")
        #expect(received.sender?.key == client.publicKey)
    }

    @Test("are refused to a key that is not on the list")
    func unknownClient() async throws {
        let listening = try guarded(by: list())
        let dialled = try Dialled(listening.endpoint, .client(server: server.publicKey, own: .make()))
        #expect(try await dialled.outcome() == .refused(400))
    }

    @Test("are not made with a server that has another key")
    func wrongServer() async throws {
        let listening = try guarded(by: list())
        let dialled = try Dialled(listening.endpoint, .client(server: CurveKeyPair.make().publicKey, own: client))
        #expect(try await dialled.outcome() == .failed)
        let right = try Dialled(listening.endpoint, .client(server: server.publicKey, own: client))
        #expect(try await right.outcome() == .connected)
    }

    @Test("are not mixed with plain ones, and a mistake of one client is not another's")
    func mismatch() async throws {
        let listening = try guarded(by: list())
        #expect(try await Dialled(listening.endpoint, .none).outcome() == .failed)
        let security = TransportSecurity.client(server: server.publicKey, own: client)
        #expect(try await Dialled(listening.endpoint, security).outcome() == .connected)
        let plain = try Listening(.none, in: .process)
        #expect(try await Dialled(plain.endpoint, security).outcome() == .failed)
        let dialled = try Dialled(plain.endpoint, .none)
        #expect(try await dialled.outcome() == .connected)
        #expect(try await plain.message(from: dialled).sender == nil)
    }

    @Test("are refused to everybody while there is nobody to ask")
    func failsClosed() async throws {
        let listening = try Listening(.server(own: server, domain: "unguarded"), in: Contexts.unguarded)
        let dialled = try Dialled(listening.endpoint, .client(server: server.publicKey, own: client))
        #expect(try await dialled.outcome() == .failed)
    }

    @Test("are refused to everybody in a domain that has no list")
    func closedDomain() async throws {
        let domain = try Context.process.authenticator().openDomain(list())
        let listening = try Listening(.server(own: server, domain: domain), in: .process)
        try Context.process.authenticator().closeDomain(domain)
        let dialled = try Dialled(listening.endpoint, .client(server: server.publicKey, own: client))
        #expect(try await dialled.outcome() == .refused(400))
    }

    @Test("follow the list as it changes, and not what cannot be used")
    func reload() async throws {
        let events = LockedChanges()
        let listening = try guarded(by: KeyListFile(folder.file("clients"), onChange: events.add))
        let other = CurveKeyPair.make()
        func outcome(_ pair: CurveKeyPair) async throws -> SocketMonitor.Report {
            try await Dialled(listening.endpoint, .client(server: server.publicKey, own: pair)).outcome()
        }
        #expect(try await outcome(other) == .refused(400))
        try write("gateway \(client.publicKey)\nenrolment \(other.publicKey)\n")
        #expect(try await outcome(other) == .connected)
        #expect(events.all == [.replaced(path: folder.file("clients"), keys: 2)])
        try write("enrolment \(other.publicKey)\n")
        #expect(try await outcome(client) == .refused(400))
        #expect(try await outcome(other) == .connected)
        try write("enrolment \(other.publicKey)\nnonsense\n")
        #expect(try await outcome(other) == .connected)
        #expect(try await outcome(client) == .refused(400))
        let problem = KeyList.Problem(line: 2, reason: "the key of nonsense is missing")
        #expect(events.all.count == 3)
        #expect(events.all.last == .kept(path: folder.file("clients"), problem))
        try write("gateway \(client.publicKey)\n")
        #expect(try await outcome(client) == .connected)
        #expect(try await outcome(other) == .refused(400))
    }

    @Test("a server that refuses strangers passes the self-test")
    func selfTest() throws {
        let listening = try guarded(by: list())
        try SecuritySelfTest.run(at: listening.endpoint, server: server.publicKey, in: .process)
    }

    @Test("a server that lets strangers in, or cannot be tried, fails the self-test")
    func selfTestFails() throws {
        let open = PermissiveAuthenticator(try Socket(.router, in: Contexts.permissive))
        let thread = IOThread(name: "permissive")
        let descriptor = try open.listen()
        let confined = Confined(open, to: thread)
        confined.submit { [unowned thread] open in open.registration = thread.add(open, descriptor: descriptor) }
        let listening = try Listening(.server(own: server, domain: "open"), in: Contexts.permissive)
        let letIn = #expect(throws: SecurityProblem.self) {
            try SecuritySelfTest.run(at: listening.endpoint, server: server.publicKey, in: Contexts.permissive)
        }
        #expect(letIn?.message.contains("let in a key that nobody knows") == true)
        confined.submit { [unowned thread] open in open.registration.take().map(thread.remove) }
        thread.stop()
        let unasked = try Listening(.server(own: server, domain: "unguarded"), in: Contexts.unguarded)
        let untried = #expect(throws: SecurityProblem.self) {
            try SecuritySelfTest.run(at: unasked.endpoint, server: server.publicKey, in: Contexts.unguarded)
        }
        #expect(untried?.message.contains("could not be shown") == true)
    }

    @Test("a server at all addresses is tried at the loopback's")
    func anyAddress() throws {
        #expect(try Endpoint("tcp://0.0.0.0:7001").fromThisMachine == Endpoint("tcp://127.0.0.1:7001"))
        #expect(try Endpoint("tcp://10.0.0.1:7001").fromThisMachine == Endpoint("tcp://10.0.0.1:7001"))
    }
}

/// Contexts without the authenticator, kept for good: libzmq 4.3.4 may crash when one of several ends.
private enum Contexts {
    static let unguarded = Context()
    static let permissive = Context()
}

/// A bound ROUTER.
private final class Listening {
    let endpoint: Endpoint
    private let socket: Socket

    init(_ security: TransportSecurity, in context: Context) throws {
        var options = Socket.Options()
        options.security = security
        let socket = try Socket(.router, in: context, options: options)
        try socket.bind(Endpoint("tcp://127.0.0.1:*"))
        endpoint = try Endpoint(socket.lastEndpoint())
        self.socket = socket
    }

    /// Lets `client` send two frames and takes them.
    func message(from client: Dialled) async throws -> ReceivedMessage {
        try await poll(until: "the message is sent") { try client.send() }
        return try await poll(for: "the message") { try socket.receiveMessage(from: true) }
    }
}

/// A DEALER that has dialled.
private final class Dialled {
    private static let counter = Atomic<Int>(0)
    private let socket: Socket
    private let monitor: SocketMonitor

    init(_ endpoint: Endpoint, _ security: TransportSecurity) throws {
        var options = Socket.Options()
        options.security = security
        let socket = try Socket(.dealer, in: .process, options: options)
        let name = "curve-test-\(Self.counter.add(1, ordering: .relaxed).newValue)"
        monitor = try SocketMonitor(socket, in: .process, name: name)
        try socket.connect(endpoint)
        self.socket = socket
    }

    deinit { socket.stopMonitor() }

    /// What became of the handshake.
    func outcome() async throws -> SocketMonitor.Report {
        try await poll(for: "the end of the handshake") {
            while let report = try monitor.nextReport() { if report != .other { return report } }
            return nil
        }
    }

    func send() throws -> Bool {
        if case .sent = try socket.send(Frame(byteCount: 3), Frame(byteCount: 50)) { return true }
        return false
    }
}

/// Lets everybody in, as a mistake might.
private final class PermissiveAuthenticator: IOThread.Source {
    private let socket: Socket
    var registration: IOThread.Registration?

    init(_ socket: consuming Socket) { self.socket = socket }

    func listen() throws -> Int32 {
        try socket.bind(Endpoint(inproc: "zeromq.zap.01"))
        return try socket.fileDescriptor()
    }

    func drain() -> Bool {
        while let frames = try? socket.receiveAll() {
            guard let asker = frames.first, let request = AuthenticationRequest(frames.dropFirst()) else { continue }
            _ = try? socket.sendAll([asker] + request.answer("anybody").map(Frame.init(copying:)))
        }
        return false
    }
}

private final class LockedChanges: Sendable {
    private let kept = Mutex<[KeyListFile.Change]>([])

    var all: [KeyListFile.Change] { kept.withLock { $0 } }
    @Sendable func add(_ change: KeyListFile.Change) { kept.withLock { $0.append(change) } }
}
