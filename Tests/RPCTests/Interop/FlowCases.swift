import RPC
import RPCZeroMQ
import Synchronization
import TestSupport
import Testing
import Wire

/// The interoperability test of flow control that gRPC's list keeps a place for.
@Suite("Interoperability: flow control")
struct FlowCases {
    private static let bodyBytes = 10_000
    /// Ten windows and more.
    private static let count = 600

    /// Messages of `byteCount` that a writer gets rid of while nobody reads: until the window is used up, the last one
    /// beyond it.
    private func admitted(_ byteCount: Int, window: Int = CreditGate.initialWindowBytes) -> Int {
        (window - 1) / (byteCount + CreditGate.messageOverheadBytes) + 1
    }

    @Test("pushback: a client is held back by a server that does not read", arguments: Transport.allCases)
    func slowServer(transport: Transport) async throws {
        let gate = Latch<Void>()
        try await withTestService(over: transport, InteropService { try await gate.wait() }) { client, _ async throws in
            try await holdsBack(client, gate, window: CreditGate.initialWindowBytes)
        }
    }

    @Test("pushback: a server's own, smaller window counts", arguments: Transport.withWire)
    func serversWindow(transport: Transport) async throws {
        var limits = ConnectionLimits()
        limits.initialStreamCredit = 64 << 10
        let gate = Latch<Void>()
        let service = InteropService { try await gate.wait() }
        try await withTestService(over: transport, service, limits: limits) { client, _ async throws in
            _ = try await client.emptyCall(GRPCTesting.Empty())
            try await holdsBack(client, gate, window: limits.initialStreamCredit)
        }
    }

    @Test("pushback: a client's own, larger window counts", arguments: Transport.withWire)
    func clientsWindow(transport: Transport) async throws {
        var limits = ConnectionLimits()
        limits.initialStreamCredit = 1 << 20
        try await withTestService(over: transport, limits: limits) { client, _ async throws in
            let sizes = [Int](repeating: Self.bodyBytes, count: Self.count)
            let answers = client.streamingOutputCall(.init(answers: sizes))
            var received = 0
            for try await _ in answers {
                received += 1
                // Once, so that the server gets ahead by all that it may.
                if received == 1 { for _ in 0..<3 { _ = try await client.emptyCall(GRPCTesting.Empty()) } }
            }
            #expect(received == Self.count)
        }
    }

    /// Writes faster than the server reads: no more gets in than the window and one message, and all of it arrives
    /// once the server reads.
    private func holdsBack(_ client: TestServiceClient, _ gate: Latch<Void>, window: Int) async throws {
        let message = GRPCTesting.StreamingInputCallRequest(payload: .zeros(Self.bodyBytes))
        let admitted = admitted(message.encoded().count, window: window)
        let written = Mutex(0)
        let writer = Task {
            try await client.streamingInputCall { writer in
                for _ in 0..<Self.count {
                    try await writer.write(message)
                    written.withLock { $0 += 1 }
                }
            }
        }
        defer { gate.set(.success(())) }
        try await poll(until: "the window is used up", timeout: .seconds(10)) { written.withLock { $0 } >= admitted }
        // Whatever the server wanted to say of the stream comes before these answers.
        for _ in 0..<3 { _ = try await client.emptyCall(GRPCTesting.Empty()) }
        #expect(written.withLock { $0 } == admitted)
        gate.set(.success(()))
        #expect(try await writer.value.aggregatedPayloadSize == Int32(Self.count * Self.bodyBytes))
        #expect(written.withLock { $0 } == Self.count)
    }

    @Test("pushback: a server is held back by a client that does not read", arguments: Transport.allCases)
    func slowClient(transport: Transport) async throws {
        let service = InteropService()
        try await withTestService(over: transport, service) { client, _ async throws in
            let sizes = [Int](repeating: Self.bodyBytes, count: Self.count)
            let answers = client.streamingOutputCall(GRPCTesting.StreamingOutputCallRequest(answers: sizes))
            let message = GRPCTesting.StreamingOutputCallResponse(payload: .zeros(Self.bodyBytes))
            let admitted = admitted(message.encoded().count)
            try await poll(until: "the window is used up") { service.handlers.current.written >= admitted }
            for _ in 0..<3 { _ = try await client.emptyCall(GRPCTesting.Empty()) }
            #expect(service.handlers.current.written == admitted)
            var received = 0
            for try await answer in answers {
                #expect(answer.payload?.body.count == Self.bodyBytes)
                received += 1
            }
            #expect(received == Self.count)
        }
    }
}
