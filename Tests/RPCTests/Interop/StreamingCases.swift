import RPC
import TestSupport
import Testing
import Wire

/// gRPC's interoperability tests of streams, by their names there.
@Suite("Interoperability: streams")
struct StreamingCases {
    @Test("client_streaming: four bodies are counted together", arguments: Transport.allCases)
    func clientStreaming(transport: Transport) async throws {
        try await withTestService(over: transport) { client, _ async throws in
            let reply = try await client.streamingInputCall { writer in
                for size in [27_182, 8, 1_828, 45_904] {
                    try await writer.write(GRPCTesting.StreamingInputCallRequest(payload: .zeros(size)))
                }
            }
            #expect(reply.aggregatedPayloadSize == 74_922)
        }
    }

    @Test("server_streaming: exactly four answers, in order", arguments: Transport.allCases)
    func serverStreaming(transport: Transport) async throws {
        let sizes = [31_415, 9, 2_653, 58_979]
        try await withTestService(over: transport) { client, _ async throws in
            var received: [Int] = []
            for try await answer in client.streamingOutputCall(GRPCTesting.StreamingOutputCallRequest(answers: sizes)) {
                received.append(answer.payload?.body.count ?? 0)
            }
            #expect(received == sizes)
        }
    }

    @Test("ping_pong: each request is answered before the next", arguments: Transport.allCases)
    func pingPong(transport: Transport) async throws {
        try await withTestService(over: transport) { client, _ async throws in
            try await client.fullDuplexCall { writer, answers async throws in
                for (request, answer) in [(27_182, 31_415), (8, 9), (1_828, 2_653), (45_904, 58_979)] {
                    try await writer.write(GRPCTesting.StreamingOutputCallRequest(answers: answer, payload: request))
                    #expect(try await answers.next()?.payload == .zeros(answer))
                }
                writer.finish()
                #expect(try await answers.next() == nil)
            }
        }
    }

    @Test("empty_stream: no requests, no answers, OK", arguments: Transport.allCases)
    func emptyStream(transport: Transport) async throws {
        try await withTestService(over: transport) { client, _ async throws in
            try await client.fullDuplexCall { writer, answers async throws in
                writer.finish()
                #expect(try await answers.next() == nil)
            }
        }
    }

    @Test("half_duplex: answers begin when the requests are over", arguments: Transport.allCases)
    func halfDuplex(transport: Transport) async throws {
        try await withTestService(over: transport) { client, _ async throws in
            let received = try await client.halfDuplexCall { writer, answers async throws in
                for size in [3, 1, 4] { try await writer.write(GRPCTesting.StreamingOutputCallRequest(answers: size)) }
                #expect(try answers.nextArrived() == nil)
                writer.finish()
                var received: [Int] = []
                for try await answer in answers { received.append(answer.payload?.body.count ?? 0) }
                return received
            }
            #expect(received == [3, 1, 4])
        }
    }

    @Test("custom_metadata: a stream's metadata comes back, initial and trailing", arguments: Transport.allCases)
    func customMetadata(transport: Transport) async throws {
        try await withTestService(over: transport) { client, _ async throws in
            try await client.fullDuplexCall(options: .echoing) { writer, answers async throws in
                let initial = try await answers.initialMetadata()
                #expect(initial.text(InteropService.echoInitial) == "test_initial_metadata_value")
                try await writer.write(GRPCTesting.StreamingOutputCallRequest(answers: 314_159, payload: 271_828))
                writer.finish()
                #expect(try await answers.next()?.payload == .zeros(314_159))
                #expect(try await answers.next() == nil)
                #expect(answers.trailingMetadata.binary(InteropService.echoTrailing) == [0xAB, 0xAB, 0xAB])
            }
        }
    }

    @Test("a server may answer, and end, before the first request", arguments: Transport.allCases)
    func answersFirst(transport: Transport) async throws {
        var router = Router()
        router.bidirectional(TestServiceMethods.fullDuplexCall) {
            (_: RequestStream<GRPCTesting.StreamingOutputCallRequest>,
             writer: ResponseWriter<GRPCTesting.StreamingOutputCallResponse>, _: ServerContext) async throws in
            try await writer.write(GRPCTesting.StreamingOutputCallResponse(payload: .zeros(5)))
        }
        router.clientStreaming(TestServiceMethods.streamingInputCall) {
            (_: RequestStream<GRPCTesting.StreamingInputCallRequest>, _: ServerContext) async throws in
            GRPCTesting.StreamingInputCallResponse(aggregatedPayloadSize: -1)
        }
        try await withServer(over: transport, router) { server async throws in
            try await server.withChannel { channel async throws in
                let client = TestServiceClient(channel)
                try await client.fullDuplexCall { _, answers async throws in
                    #expect(try await answers.next()?.payload == .zeros(5))
                    #expect(try await answers.next() == nil)
                }
                // Whoever goes on writing learns that it is over, and then the answer.
                for channel in [channel, RetryingChannel(channel, config: ServiceConfig())] as [any Channel] {
                    let reply = try await TestServiceClient(channel).streamingInputCall { writer in
                        let message = GRPCTesting.StreamingInputCallRequest(payload: .zeros(1_000))
                        while true { try await writer.write(message) }
                    }
                    #expect(reply.aggregatedPayloadSize == -1)
                }
            }
        }
    }
}
