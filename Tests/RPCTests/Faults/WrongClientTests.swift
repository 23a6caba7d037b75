import RPC
import RPCZeroMQ
import TestSupport
import Testing
import Wire
import ZeroMQ

@Suite("Clients that do not keep to the protocol")
struct WrongClientTests {
    @Test("end that call or themselves alone", arguments: WrongClient.all)
    func wrong(_ client: WrongClient) async throws {
        try await withServer { endpoint, neighbour in
            let peer = try RawPeer(connectedTo: endpoint)
            defer { peer.close() }
            try await peer.greet()
            peer.send(client.frames)
            try await check(client.outcome, peer)
            try await neighbour.check()
            let other = try RawPeer(connectedTo: endpoint)
            defer { other.close() }
            try await other.greet()
            try await expectAnswer(other, to: 1)
        }
    }

    @Test(
        "are turned away when they do not begin with HELLO, or speak another version",
        arguments: [
            RawFrame.ping, .call(1), .hello(versions: 7...9), .hello().with(2, at: 1), .ping.with(3, at: 1),
            RawFrame(FrameHeader(.hello), part: [0xFF, 0xFF]),
        ])
    func noHello(first: RawFrame) async throws {
        try await withServer { endpoint, neighbour in
            let peer = try RawPeer(connectedTo: endpoint)
            defer { peer.close() }
            peer.send([first])
            let answer = try await peer.wait(for: "GOAWAY") { $0.header?.kind == .goAway }
            #expect(answer.header?.status == StatusCode.unimplemented.rawValue)
            try await peer.greet()
            try await expectAnswer(peer, to: 1)
            try await neighbour.check()
        }
    }

    private func check(_ outcome: WrongClient.Outcome, _ peer: RawPeer) async throws {
        switch outcome {
        case .ignored:
            try await expectLife(peer)
        case .ends(let id, let code):
            let end = try await peer.wait(for: "END of \(id)") { $0.header?.kind == .end && $0.header?.callID == id }
            #expect(end.header?.status == code.rawValue)
            try await expectLife(peer)
        case .forgotten:
            peer.send([.ping])
            let answer = try await peer.wait(for: "GOAWAY") { $0.header?.kind == .goAway }
            #expect(answer.header?.status == StatusCode.unimplemented.rawValue)
            // It may begin anew on the same connection.
            let greetings = peer.received.count { $0.header?.kind == .helloAck }
            peer.send([.hello()])
            try await poll(until: "HELLO_ACK", interval: .milliseconds(1)) {
                peer.received.count { $0.header?.kind == .helloAck } > greetings
            }
            try await expectAnswer(peer, to: 1_000_000)
        case .cut: break
        }
    }

    private func expectLife(_ peer: RawPeer) async throws {
        peer.send([RawFrame(FrameHeader(.ping, payloadLength: 4_242))])
        _ = try await peer.wait(for: "PONG") { $0.header?.kind == .pong && $0.header?.payloadLength == 4_242 }
        try await expectAnswer(peer, to: 1_000_000)
    }

    private func expectAnswer(_ peer: RawPeer, to id: UInt64) async throws {
        peer.send([.call(id, CallsMethods.unary.fullName, "alive")])
        let end = try await peer.wait(for: "an answer") { $0.header?.kind == .end && $0.header?.callID == id }
        #expect(end.header?.status == StatusCode.ok.rawValue)
    }

    /// A server with a neighbour that must not notice anything.
    private func withServer(_ body: (String, Neighbour) async throws -> Void) async throws {
        let folder = try TemporaryDirectory()
        let serving = ZeroMQTransport(identity: .testing("server"))
        let calling = ZeroMQTransport(identity: .testing("client"))
        var router = Router()
        TestCalls().register(with: &router)
        let server = try serving.serve(RPCServer(router: router), at: Endpoint("ipc://\(folder.path)/s"))
        let channel = try calling.channel(to: Endpoint(server.endpoint))
        let neighbour = Neighbour(CallsClient(channel))
        defer {
            neighbour.stop()
            channel.close()
            server.stop()
            calling.shutDown()
            serving.shutDown()
        }
        try await neighbour.check()
        try await body(server.endpoint, neighbour)
        try await neighbour.check()
    }
}
