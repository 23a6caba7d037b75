import RPC
import Synchronization
import TestSupport
import Testing
import Wire

@Suite("Calls")
struct CallTests {
    @Test("a unary call brings its message there and back", arguments: Transport.allCases)
    func unary(transport: Transport) async throws {
        try await withCalls(over: transport) { client, _ async throws in
            #expect(try await client.unary(TestingV1.Text(text: "Brontë")).text == "Brontë")
            #expect(try await client.unary(TestingV1.Text()).text == "")
        }
    }

    @Test("messages beyond the inline size arrive whole", arguments: Transport.allCases, [8_191, 8_193, 314_159, 3 << 20])
    func large(transport: Transport, size: Int) async throws {
        try await withCalls(over: transport) { client, _ async throws in
            let text = String(repeating: "x", count: size)
            #expect(try await client.unary(TestingV1.Text(text: text)).text.utf8.count == size)
        }
    }

    @Test("a hundred calls at once do not mix up their answers", arguments: Transport.allCases)
    func concurrent(transport: Transport) async throws {
        try await withCalls(over: transport) { client, _ async throws in
            try await withThrowingTaskGroup(of: (Int, String).self) { group in
                for number in 0..<100 {
                    group.addTask { (number, try await client.unary(TestingV1.Text(text: "\(number)")).text) }
                }
                for try await (number, text) in group { #expect(text == "\(number)") }
            }
        }
    }

    @Test("a server stream brings its messages in order", arguments: Transport.allCases)
    func serverStream(transport: Transport) async throws {
        try await withCalls(over: transport) { client, _ async throws in
            var expected: Int64 = 0
            for try await message in client.serverStream(TestingV1.Number(number: 50_000)) {
                #expect(message.number == expected)
                expected += 1
            }
            #expect(expected == 50_000)
        }
    }

    @Test("a client stream is summed up, an empty one too", arguments: Transport.allCases)
    func clientStream(transport: Transport) async throws {
        try await withCalls(over: transport) { client, _ async throws in
            let sum = try await client.clientStream { writer in
                for number in 1...40_000 { try await writer.write(TestingV1.Number(number: Int64(number))) }
            }
            #expect(sum.number == 800_020_000)
            #expect(try await client.clientStream { _ in }.number == 0)
        }
    }

    @Test("a server that ends a client stream early is heard", arguments: Transport.allCases)
    func earlyEnd(transport: Transport) async throws {
        try await withCalls(over: transport) { client, _ async throws in
            let error = try await status {
                _ = try await client.clientStream { writer in
                    try await writer.write(TestingV1.Number(number: -1))
                    while true { try await writer.write(TestingV1.Number(number: 1)) }
                }
            }
            #expect(error.code == .outOfRange)
        }
    }

    @Test("requests and answers of a bidirectional call take turns", arguments: Transport.allCases)
    func bidirectional(transport: Transport) async throws {
        try await withCalls(over: transport) { client, _ async throws in
            try await client.bidirectional { writer, answers async throws in
                for round in 0..<100 {
                    try await writer.write(TestingV1.Text(text: "round \(round)"))
                    #expect(try await answers.next()?.text == "round \(round)")
                }
                writer.finish()
                #expect(try await answers.next() == nil)
            }
        }
    }

    @Test("a status arrives with its code, message and details unchanged", arguments: Transport.allCases)
    func statusTravels(transport: Transport) async throws {
        try await withCalls(over: transport) { client, _ async throws in
            let error = try await status { _ = try await client.unary(TestingV1.Text(text: "fail")) }
            #expect(error.code == .notFound)
            #expect(error.message == "no such thing: ☺ 😈\t\r\n")
            #expect(error.details == [8, 5])
        }
    }

    @Test("an error that is no status is UNKNOWN and tells nothing of itself", arguments: Transport.allCases)
    func surprise(transport: Transport) async throws {
        try await withCalls(over: transport) { client, _ async throws in
            let error = try await status { _ = try await client.unary(TestingV1.Text(text: "surprise")) }
            #expect(error.code == .unknown)
            #expect(!error.message.contains("Surprise"))
        }
    }

    @Test("metadata travels both ways, text and binary", arguments: Transport.allCases)
    func metadata(transport: Transport) async throws {
        try await withCalls(over: transport) { _, channel async throws in
            var options = CallOptions()
            options.metadata.add("x-echo", "test_initial_metadata_value")
            options.metadata.add("x-echo-bin", binary: [0xAB, 0xAB, 0xAB, 0])
            let answers: ResponseStream<TestingV1.Text> = channel.serverStreaming(
                CallsMethods.unary, TestingV1.Text(text: "metadata"), options)
            #expect(try await answers.initialMetadata().text("x-initial") == "test_initial_metadata_value")
            #expect(try await answers.next()?.text == "metadata")
            #expect(try await answers.next() == nil)
            #expect(answers.trailingMetadata.binary("x-trailing-bin") == [0xAB, 0xAB, 0xAB, 0])
        }
    }

    @Test("unknown methods and services are UNIMPLEMENTED", arguments: Transport.allCases)
    func unimplemented(transport: Transport) async throws {
        try await withCalls(over: transport) { _, channel async throws in
            for (service, method) in [("olp.testing.v1.Calls", "Missing"), ("olp.testing.v1.Missing", "Unary")] {
                let descriptor = MethodDescriptor(service: service, method: method, kind: .unary, idempotency: .unknown)
                let error = try await status { _ = try await channel.rawUnary(descriptor, []) }
                #expect(error.code == .unimplemented)
                #expect(error.isUnprocessed || transport == .inProcess)
            }
        }
    }

    @Test("a request that cannot be parsed is INTERNAL on the server", arguments: Transport.allCases)
    func unparsable(transport: Transport) async throws {
        try await withCalls(over: transport) { _, channel async throws in
            let error = try await status { _ = try await channel.rawUnary(CallsMethods.unary, [0x0A, 0x05, 0x41]) }
            #expect(error.code == .internal)
        }
    }

    @Test("a change is given a key, a mere question is not", arguments: Transport.allCases)
    func keys(transport: Transport) async throws {
        try await withCalls(over: transport) { client, _ async throws in
            let made = try await client.unary(TestingV1.Text(text: "key")).text
            #expect(made.utf8.count == 32)
            let given = try await client.unary(TestingV1.Text(text: "key"), options: CallOptions(idempotencyKey: "mine"))
            #expect(given.text == "mine")
        }
    }

    @Test("interceptors run around the handler in order and may refuse", arguments: Transport.allCases)
    func interceptors(transport: Transport) async throws {
        let log = EventLog()
        try await withCalls(over: transport, interceptors: [Recorder(name: "a", log: log), Recorder(name: "b", log: log)]) {
            client, _ async throws in
            _ = try await client.unary(TestingV1.Text(text: "x"))
            var options = CallOptions()
            options.metadata.add("x-refuse", "b")
            let error = try await status { _ = try await client.unary(TestingV1.Text(text: "x"), options: options) }
            #expect(error.code == .permissionDenied)
        }
        #expect(log.contains("a before, b before, b after, a after"))
    }

    private final class Recorder: ServerInterceptor {
        let name: String
        let log: EventLog
        private static let trace = Mutex("")

        init(name: String, log: EventLog) {
            self.name = name
            self.log = log
        }

        func intercept(
            _ context: ServerContext, _ next: @Sendable (ServerContext) async throws -> (any Message)?
        ) async throws -> (any Message)? {
            if context.metadata.text("x-refuse") == name { throw RPCError(.permissionDenied, "refused") }
            note("\(name) before")
            let reply = try await next(context)
            note("\(name) after")
            return reply
        }

        private func note(_ event: String) {
            log.add(event)
            let all = ["a before", "b before", "b after", "a after"]
            if all.allSatisfy(log.contains) { log.add(all.joined(separator: ", ")) }
        }
    }
}
