import RPC
import RPCZeroMQ
import TestSupport
import Testing
import Wire

/// Just under and just over the limits: what is refused is the one call, never the connection.
@Suite("Interoperability: limits")
struct LimitCases {
    private static let largestMessage = 4 << 20
    private static let largestMetadata = 8 << 10

    // MARK: Messages

    @Test("a request, and an answer, of exactly 4 MiB arrive", arguments: Transport.allCases)
    func largestMessage(transport: Transport) async throws {
        try await withTestService(over: transport) { client, _ async throws in
            let request = GRPCTesting.SimpleRequest.encoded(byteCount: Self.largestMessage)
            #expect(request.encoded().count == Self.largestMessage)
            #expect(try await client.unaryCall(request).payload == GRPCTesting.Payload())
            let answer = try await client.unaryCall(.asking(for: Self.largestMessage))
            #expect(answer.encoded().count == Self.largestMessage)
        }
    }

    @Test("one byte more is RESOURCE_EXHAUSTED, either way, and the connection goes on", arguments: Transport.withWire)
    func tooLarge(transport: Transport) async throws {
        try await withTestService(over: transport) { client, _ async throws in
            try await survives(client) {
                let request = GRPCTesting.SimpleRequest.encoded(byteCount: Self.largestMessage + 1)
                let error = try await status { _ = try await client.unaryCall(request) }
                #expect(error.code == .resourceExhausted)
            }
            try await survives(client) {
                let request = GRPCTesting.SimpleRequest.asking(for: Self.largestMessage + 1)
                let error = try await status { _ = try await client.unaryCall(request) }
                #expect(error.code == .resourceExhausted)
            }
        }
    }

    @Test("streams carry messages of exactly 4 MiB", arguments: Transport.allCases)
    func largestInStream(transport: Transport) async throws {
        try await withTestService(over: transport) { client, _ async throws in
            let body = Self.largestMessage - 10
            let reply = try await client.streamingInputCall { writer in
                for _ in 0..<2 { try await writer.write(GRPCTesting.StreamingInputCallRequest(payload: .zeros(body))) }
            }
            #expect(reply.aggregatedPayloadSize == Int32(2 * body))
            var received: [Int] = []
            for try await answer in client.streamingOutputCall(.init(answers: body, body)) {
                received.append(answer.payload?.body.count ?? 0)
            }
            #expect(received == [body, body])
        }
    }

    @Test("in a stream one byte more ends the stream alone, either way", arguments: Transport.withWire)
    func tooLargeInStream(transport: Transport) async throws {
        let body = Self.largestMessage - 9
        try await withTestService(over: transport) { client, _ async throws in
            try await survives(client) {
                let error = try await status {
                    _ = try await client.streamingInputCall { writer in
                        for size in [8, body] {
                            try await writer.write(GRPCTesting.StreamingInputCallRequest(payload: .zeros(size)))
                        }
                    }
                }
                #expect(error.code == .resourceExhausted)
            }
            try await survives(client) {
                let answers = client.streamingOutputCall(.init(answers: 8, body))
                #expect(try await answers.next()?.payload == .zeros(8))
                let error = try await status { _ = try await answers.next() }
                #expect(error.code == .resourceExhausted)
            }
        }
    }

    // MARK: Metadata

    @Test("metadata of exactly 8 KiB arrives, in one entry or in thousands", arguments: Transport.allCases, [1, 2_048])
    func largestMetadata(transport: Transport, entries: Int) async throws {
        try await withTestService(over: transport) { client, _ async throws in
            let options = CallOptions(metadata: .filled(bytes: Self.largestMetadata, entries: entries))
            #expect(options.metadata.byteCount == Self.largestMetadata)
            #expect(try await client.unaryCall(GRPCTesting.SimpleRequest(), options: options).payload != nil)
        }
    }

    @Test(
        "metadata above 8 KiB is RESOURCE_EXHAUSTED, and the connection goes on", arguments: Transport.allCases,
        [8_193, 63 << 10, 70_000])
    func tooMuchMetadata(transport: Transport, bytes: Int) async throws {
        try await withTestService(over: transport) { client, _ async throws in
            try await survives(client) {
                let options = CallOptions(metadata: .filled(bytes: bytes, entries: 1))
                let error = try await status { _ = try await client.emptyCall(GRPCTesting.Empty(), options: options) }
                #expect(error.code == .resourceExhausted)
            }
        }
    }

    @Test(
        "a server that takes less metadata says RESOURCE_EXHAUSTED, and the connection goes on",
        arguments: Transport.withWire)
    func smallerLimit(transport: Transport) async throws {
        var limits = ConnectionLimits()
        limits.maximumMetadataBytes = 4_096
        try await withTestService(over: transport, limits: limits) { client, _ async throws in
            try await survives(client) {
                let most = CallOptions(metadata: .filled(bytes: 4_096, entries: 1))
                _ = try await client.emptyCall(GRPCTesting.Empty(), options: most)
                let more = CallOptions(metadata: .filled(bytes: 4_097, entries: 1))
                let error = try await status { _ = try await client.emptyCall(GRPCTesting.Empty(), options: more) }
                #expect(error.code == .resourceExhausted)
            }
        }
    }

    @Test(
        "a handler's metadata above 8 KiB is RESOURCE_EXHAUSTED, and the connection goes on",
        arguments: Transport.allCases, [8_192, 8_193, 70_000])
    func handlersMetadata(transport: Transport, bytes: Int) async throws {
        let metadata = Metadata.filled(bytes: bytes, entries: 1)
        for isInitial in [true, false] {
            var router = InteropService().router
            router.unary(UnimplementedServiceMethods.unimplementedCall) {
                (request: GRPCTesting.Empty, context: ServerContext) async throws -> GRPCTesting.Empty in
                isInitial ? context.sendInitialMetadata(metadata) : context.setTrailingMetadata(metadata)
                return request
            }
            try await withServer(over: transport, router) { server async throws in
                try await server.withChannel { channel async throws in
                    try await survives(TestServiceClient(channel)) {
                        let client = UnimplementedServiceClient(channel)
                        guard bytes > Self.largestMetadata else {
                            _ = try await client.unimplementedCall(GRPCTesting.Empty())
                            return
                        }
                        let error = try await status { _ = try await client.unimplementedCall(GRPCTesting.Empty()) }
                        #expect(error.code == .resourceExhausted)
                    }
                }
            }
        }
    }

    @Test("an error with too much to say is told shorter, and the connection goes on", arguments: Transport.allCases)
    func longError(transport: Transport) async throws {
        // A letter with very many marks is one character.
        let message = "e" + String(repeating: "\u{301}", count: 70_000)
        var router = InteropService().router
        router.unary(UnimplementedServiceMethods.unimplementedCall) {
            (_: GRPCTesting.Empty, _: ServerContext) async throws -> GRPCTesting.Empty in
            throw RPCError(.notFound, message, metadata: .filled(bytes: 70_000, entries: 1))
        }
        try await withServer(over: transport, router) { server async throws in
            try await server.withChannel { channel async throws in
                try await survives(TestServiceClient(channel)) {
                    let error = try await status {
                        _ = try await UnimplementedServiceClient(channel).unimplementedCall(GRPCTesting.Empty())
                    }
                    #expect(error.code == .notFound)
                    #expect(error.message.unicodeScalars.starts(with: message.unicodeScalars.prefix(4_000)))
                    #expect(error.metadata.byteCount <= Self.largestMetadata)
                }
            }
        }
    }

    /// Runs `body` while a stream is open on the same connection; the stream must not notice.
    private func survives(_ client: TestServiceClient, _ body: () async throws -> Void) async throws {
        try await client.fullDuplexCall { writer, answers async throws in
            for size in [31, 41] {
                try await writer.write(GRPCTesting.StreamingOutputCallRequest(answers: size))
                #expect(try await answers.next()?.payload == .zeros(size))
                if size == 31 { try await body() }
            }
            writer.finish()
            #expect(try await answers.next() == nil)
        }
    }
}

extension GRPCTesting.SimpleRequest {
    /// Asks for an answer of exactly so many bytes on the wire, above 2 MiB.
    fileprivate static func asking(for byteCount: Int) -> Self { Self(responseSize: Int32(byteCount - 10)) }
}

extension Metadata {
    /// So many bytes of keys and values in so many entries.
    fileprivate static func filled(bytes: Int, entries: Int) -> Metadata {
        var metadata = Metadata()
        let each = bytes / entries
        for _ in 0..<entries { metadata.add("x", String(repeating: "y", count: each - 1)) }
        return metadata
    }
}
