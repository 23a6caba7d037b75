import RPC
import RPCZeroMQ
import Synchronization
import TestSupport
import Testing
import Wire
import ZeroMQ

@Suite("Servers that do not keep to the protocol")
struct WrongServerTests {
    @Test("end that call or that connection alone", arguments: WrongServer.all)
    func wrong(_ wrong: WrongServer) async throws {
        try await withServer(wrong) { client, neighbour in
            let begun = ContinuousClock.now
            let ended = await outcome(of: wrong.method, client, wrong.text)
            #expect(ContinuousClock.now - begun < .seconds(2))
            switch wrong.outcome {
            case .ends(let code): #expect(ended == code)
            case .givenUp: #expect(ended == .unavailable)
            }
            // From its second call and its second connection on the server does as it should.
            let answer = try await client.unary(
                TestingV1.Text(text: "x"), options: CallOptions(timeout: .seconds(5), waitForReady: true))
            #expect(answer.text == "x")
            try await neighbour.check()
        }
    }

    @Test("are given up when they say nothing any more, whatever they were asked")
    func mute() async throws {
        let mute = WrongServer(
            name: "says nothing any more", outcome: .givenUp, greeting: [.hello(.helloAck) { $0.pingIntervalMs = 100 }]
        ) { _ in [] }
        try await withServer(mute, answersPings: false) { client, neighbour in
            let begun = ContinuousClock.now
            async let unary = outcome(of: CallsMethods.unary, client)
            async let stream = outcome(of: CallsMethods.serverStream, client)
            let codes = await [unary, stream]
            #expect(codes == [.unavailable, .unavailable])
            #expect(ContinuousClock.now - begun < .seconds(2))
            try await neighbour.check()
        }
    }

    private func outcome(of method: MethodDescriptor, _ client: CallsClient, _ text: String = "x") async -> StatusCode {
        do throws(RPCError) {
            if method == CallsMethods.serverStream {
                // Nobody reads before all has come, which the answer to a later call on the same connection tells.
                let stream = client.serverStream(TestingV1.Number(number: 1))
                _ = try await stream.initialMetadata()
                _ = try? await client.unary(TestingV1.Text(text: "x"), options: CallOptions(timeout: .seconds(5)))
                while try await stream.next() != nil {}
            } else {
                _ = try await client.unary(TestingV1.Text(text: text))
            }
            return .ok
        } catch {
            return error.code
        }
    }

    /// A wrong server and its client, and beside them a right one that the same process calls.
    private func withServer(
        _ wrong: WrongServer, answersPings: Bool = true, _ body: (CallsClient, Neighbour) async throws -> Void
    ) async throws {
        let folder = try TemporaryDirectory()
        let state = Mutex((greetings: 0, calls: 0))
        let raw = try RawPeer(servingAt: "ipc://\(folder.path)/raw") { frame in
            switch frame.header?.kind {
            case .hello:
                let isFirst = state.withLock { state in
                    state.greetings += 1
                    return state.greetings == 1
                }
                return isFirst ? wrong.greeting ?? [.hello(.helloAck)] : [.hello(.helloAck)]
            case .call:
                let isFirst = state.withLock { state in
                    state.calls += 1
                    return state.calls == 1
                }
                guard let id = frame.header?.callID else { return [] }
                return isFirst ? wrong.answer(id) : answersPings ? [.end(id, "x")] : []
            case .ping:
                return answersPings
                    ? [RawFrame(FrameHeader(.pong, payloadLength: frame.header?.payloadLength ?? 0))] : []
            default: return []
            }
        }
        let serving = ZeroMQTransport(identity: .testing("server"))
        let calling = ZeroMQTransport(identity: .testing("client"))
        var router = Router()
        TestCalls().register(with: &router)
        let server = try serving.serve(RPCServer(router: router), at: Endpoint("ipc://\(folder.path)/s"))
        let channel = try calling.channel(to: Endpoint("ipc://\(folder.path)/raw"))
        let direct = try calling.channel(to: Endpoint(server.endpoint))
        let neighbour = Neighbour(CallsClient(direct))
        defer {
            neighbour.stop()
            channel.close()
            direct.close()
            server.stop()
            raw.close()
            calling.shutDown()
            serving.shutDown()
        }
        try await neighbour.check()
        try await body(CallsClient(channel), neighbour)
    }
}
