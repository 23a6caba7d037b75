import RPC
import TestSupport
import Testing
import Wire

/// gRPC's interoperability tests of single messages, by their names there.
@Suite("Interoperability: unary calls")
struct UnaryCases {
    @Test("empty_unary: nothing travels there and back", arguments: Transport.allCases)
    func emptyUnary(transport: Transport) async throws {
        try await withTestService(over: transport) { client, channel async throws in
            #expect(try await client.emptyCall(GRPCTesting.Empty()) == GRPCTesting.Empty())
            #expect(try await channel.rawUnary(TestServiceMethods.emptyCall, []) == [])
        }
    }

    @Test("large_unary: 271,828 bytes are answered with 314,159", arguments: Transport.allCases)
    func largeUnary(transport: Transport) async throws {
        try await withTestService(over: transport) { client, _ async throws in
            let reply = try await client.unaryCall(.large)
            #expect(reply.payload == .zeros(314_159))
        }
    }

    @Test("custom_metadata: a unary call's metadata comes back, initial and trailing", arguments: Transport.allCases)
    func customMetadata(transport: Transport) async throws {
        try await withTestService(over: transport) { _, channel async throws in
            let answers: ResponseStream<GRPCTesting.SimpleResponse> = channel.serverStreaming(
                TestServiceMethods.unaryCall, GRPCTesting.SimpleRequest.large, .echoing)
            let initial = try await answers.initialMetadata()
            #expect(initial.text(InteropService.echoInitial) == "test_initial_metadata_value")
            #expect(try await answers.next()?.payload == .zeros(314_159))
            #expect(try await answers.next() == nil)
            #expect(answers.trailingMetadata.binary(InteropService.echoTrailing) == [0xAB, 0xAB, 0xAB])
        }
    }

    @Test(
        "status_code_and_message, special_status_message: a status arrives unchanged", arguments: Transport.allCases,
        ["test status message", "\t\ntest with whitespace\r\nand Unicode BMP \u{263A} and non-BMP \u{1F608}\t\n"])
    func statusMessage(transport: Transport, message: String) async throws {
        try await withTestService(over: transport) { client, _ async throws in
            let wanted = GRPCTesting.EchoStatus(code: 2, message: message)
            let unary = try await status {
                _ = try await client.unaryCall(GRPCTesting.SimpleRequest(responseStatus: wanted))
            }
            #expect(unary.code == .unknown)
            #expect(Array(unary.message.utf8) == Array(message.utf8))
            let duplex = try await status {
                try await client.fullDuplexCall { writer, answers async throws in
                    try await writer.write(GRPCTesting.StreamingOutputCallRequest(responseStatus: wanted))
                    writer.finish()
                    #expect(try await answers.next() == nil)
                }
            }
            #expect(duplex.code == .unknown)
            #expect(Array(duplex.message.utf8) == Array(message.utf8))
        }
    }

    @Test("unimplemented_method, unimplemented_service: both are UNIMPLEMENTED", arguments: Transport.allCases)
    func unimplemented(transport: Transport) async throws {
        try await withTestService(over: transport) { client, channel async throws in
            let method = try await status { _ = try await client.unimplementedCall(GRPCTesting.Empty()) }
            #expect(method.code == .unimplemented)
            let service = try await status {
                _ = try await UnimplementedServiceClient(channel).unimplementedCall(GRPCTesting.Empty())
            }
            #expect(service.code == .unimplemented)
        }
    }

    @Test("pick_first_unary: a hundred calls on one channel see one server", arguments: Transport.allCases)
    func pickFirst(transport: Transport) async throws {
        try await withTestService(over: transport) { client, _ async throws in
            var seen: Set<String> = []
            for _ in 0..<100 {
                seen.insert(try await client.unaryCall(GRPCTesting.SimpleRequest(fillServerId: true)).serverId)
            }
            #expect(seen == ["server-1"])
        }
    }

    @Test("per_rpc_creds: each call is made with the credentials that it carries", arguments: Transport.allCases)
    func perCallCredentials(transport: Transport) async throws {
        try await withTestService(over: transport, interceptors: [Credentials()]) { client, _ async throws in
            let request = GRPCTesting.SimpleRequest(fillUsername: true)
            async let ada = client.unaryCall(request, options: .bearing("token-of-ada"))
            async let grace = client.unaryCall(request, options: .bearing("token-of-grace"))
            #expect(try await ada.username == "ada")
            #expect(try await grace.username == "grace")
            for options in [CallOptions(), .bearing("token-of-nobody")] {
                let error = try await status { _ = try await client.unaryCall(request, options: options) }
                #expect(error.code == .unauthenticated)
            }
        }
    }

    /// Lets in who carries a known token, and says who it is.
    private struct Credentials: ServerInterceptor {
        private let users = ["Bearer token-of-ada": "ada", "Bearer token-of-grace": "grace"]

        func intercept(
            _ context: ServerContext, _ next: @Sendable (ServerContext) async throws -> (any Message)?
        ) async throws -> (any Message)? {
            guard let user = context.metadata.text("authorization").flatMap({ users[$0] }) else {
                throw RPCError(.unauthenticated, "The call carries no token that is known here.")
            }
            let reply = try await next(context)
            guard var reply = reply as? GRPCTesting.SimpleResponse else { return reply }
            reply.username = user
            return reply
        }
    }
}

extension CallOptions {
    /// The metadata of custom_metadata.
    static var echoing: CallOptions {
        var options = CallOptions()
        options.metadata.add(InteropService.echoInitial, "test_initial_metadata_value")
        options.metadata.add(InteropService.echoTrailing, binary: [0xAB, 0xAB, 0xAB])
        return options
    }

    fileprivate static func bearing(_ token: String) -> CallOptions {
        var options = CallOptions()
        options.metadata.add("authorization", "Bearer \(token)")
        return options
    }
}
