import RPC
import RPCZeroMQ
import TestSupport
import Testing
import Wire
import ZeroMQ

@Suite("Frames that come in one message")
struct JoinedFrameTests {
    @Test("are taken one by one, and each call is answered")
    func requests() async throws {
        try await withServer { endpoint in
            let peer = try RawPeer(connectedTo: endpoint)
            defer { peer.close() }
            try await peer.greet(.hello(versions: 1...3))
            let calls = (1...20 as ClosedRange<UInt64>).map { RawFrame.call($0, CallsMethods.unary.fullName, "\($0)") }
            peer.send([.joined(calls + [.ping])])
            let answers = try await poll(for: "all answers", interval: .milliseconds(1)) {
                let frames = peer.received.flatMap(\.apart).filter { $0.header?.kind == .end }
                return frames.count == calls.count ? frames : nil
            }
            for answer in answers {
                let text = try TestingV1.Text(decoding: answer.message).text
                #expect(answer.header?.callID == UInt64(text))
                #expect(answer.header?.status == StatusCode.ok.rawValue)
            }
        }
    }

    @Test("go to peers that take them, and to no others", arguments: [1, 2, 3, 4] as [UInt32])
    func versions(highest: UInt32) async throws {
        try await withServer { endpoint in
            let peer = try RawPeer(connectedTo: endpoint)
            defer { peer.close() }
            try await peer.greet(.hello(versions: 1...highest))
            // They are read in one turn, so what answers them leaves in one, too.
            let pings = (1...40 as ClosedRange<UInt32>).map { RawFrame(FrameHeader(.ping, payloadLength: $0)) }
            peer.send([.joined(pings)])
            let messages = try await poll(for: "all PONGs", interval: .milliseconds(1)) {
                let messages = peer.received.filter { $0.header?.kind == .pong }
                return messages.flatMap(\.apart).count == pings.count ? messages : nil
            }
            #expect(messages.flatMap(\.apart).map { $0.header?.payloadLength } == Array(1...40))
            if highest < 3 { #expect(messages.count == pings.count) } else { #expect(messages.count < pings.count) }
        }
    }

    @Test("bring a client its answers")
    func answers() async throws {
        let folder = try TemporaryDirectory()
        let endpoint = "ipc://\(folder.path)/s"
        let peer = try RawPeer(servingAt: endpoint) { message in
            let answers = message.apart.compactMap { frame -> RawFrame? in
                switch frame.header?.kind {
                case .hello: .hello(.helloAck, versions: 1...3)
                case .call: .end(frame.header?.callID ?? 0, "an answer")
                default: nil
                }
            }
            return answers.isEmpty ? [] : [.joined(answers)]
        }
        defer { peer.close() }
        let calling = ZeroMQTransport(identity: .testing("client"))
        let channel = try calling.channel(to: Endpoint(endpoint))
        defer {
            channel.close()
            calling.shutDown()
        }
        let client = CallsClient(channel)
        try await withThrowingTaskGroup { group in
            for _ in 0..<100 {
                group.addTask {
                    let answer = try await client.unary(
                        TestingV1.Text(text: "a question"), options: CallOptions(timeout: .seconds(20), waitForReady: true))
                    #expect(answer.text == "an answer")
                }
            }
            try await group.waitForAll()
        }
        // The calls that had waited for the connection left together.
        let messages = peer.received.filter { $0.header?.kind == .call }
        #expect(messages.flatMap(\.apart).count == 100)
        #expect(messages.count < 100)
    }

    private func withServer(_ body: (String) async throws -> Void) async throws {
        let folder = try TemporaryDirectory()
        let serving = ZeroMQTransport(identity: .testing("server"))
        var router = Router()
        TestCalls().register(with: &router)
        let server = try serving.serve(RPCServer(router: router), at: Endpoint("ipc://\(folder.path)/s"))
        defer {
            server.stop()
            serving.shutDown()
        }
        try await body(server.endpoint)
    }
}
