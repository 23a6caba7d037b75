import TestSupport
import Testing

@testable import ZeroMQ

@Suite("Sockets")
struct SocketTests {
    @Test("a ROUTER says that a peer it does not know is unreachable")
    func unreachable() throws {
        let folder = try TemporaryDirectory()
        let socket = try Socket(.router, in: .process)
        try socket.bind(Endpoint("ipc://\(folder.path)/s"))
        let result = try socket.send(to: RoutingID(testing: 7), Frame(byteCount: 3))
        guard case .unreachable = result else {
            Issue.record("\(result)")
            return
        }
    }

    @Test("a DEALER without a peer takes nothing")
    func nobody() throws {
        let folder = try TemporaryDirectory()
        let socket = try Socket(.dealer, in: .process)
        try socket.connect(Endpoint("ipc://\(folder.path)/nobody"))
        let result = try socket.send(Frame(byteCount: 3))
        guard case .notNow = result else {
            Issue.record("\(result)")
            return
        }
    }

    @Test("an address in use is refused by name")
    func inUse() throws {
        let first = try Socket(.router, in: .process)
        try first.bind(Endpoint("tcp://127.0.0.1:*"))
        let endpoint = try Endpoint(first.lastEndpoint())
        let second = try Socket(.router, in: .process)
        do {
            try second.bind(endpoint)
            Issue.record("two sockets have \(endpoint)")
        } catch {
            #expect(error.code == .addressInUse)
            #expect(error.description.contains(endpoint.description))
        }
    }

    @Test("an ipc path that is served is refused, one that is left behind is taken")
    func servedPath() throws {
        let folder = try TemporaryDirectory()
        let endpoint = try Endpoint("ipc://\(folder.path)/s")
        let first = try Socket(.router, in: .process)
        try first.bind(endpoint)
        let second = try Socket(.router, in: .process)
        #expect(throws: ZeroMQError(code: .addressInUse, operation: "bind \(endpoint)")) { try second.bind(endpoint) }
        let left = try Endpoint("ipc://\(folder.path)/left")
        _ = try folder.write("", to: "left")
        let third = try Socket(.router, in: .process)
        try third.bind(left)
    }

    @Test("two frames of a message arrive together with their sender's name")
    func multipart() async throws {
        let folder = try TemporaryDirectory()
        let endpoint = try Endpoint("ipc://\(folder.path)/s")
        let router = try Socket(.router, in: .process)
        try router.bind(endpoint)
        let dealer = try Socket(.dealer, in: .process)
        try dealer.connect(endpoint)
        var received: ReceivedMessage?
        var isSent = false
        for _ in 0..<100_000 where received == nil {
            if !isSent, case .sent = try dealer.send(Frame(byteCount: 3), Frame(byteCount: 50)) { isSent = true }
            received = try router.receiveMessage(from: true)
            await Task.yield()
        }
        #expect(received?.peer != nil)
        #expect(received?.first?.count == 3)
        #expect(received?.second?.count == 50)
    }
}
