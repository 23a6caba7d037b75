import RPC
import RPCZeroMQ
import TestSupport
import Testing
import Wire
import ZeroMQ

@Suite("How calls end early")
struct EndingTests {
    @Test("a cancelled task's call is CANCELLED, and so is its handler", arguments: Transport.allCases)
    func cancelled(transport: Transport) async throws {
        let handlers = TestCalls()
        try await withCalls(over: transport, handlers) { client, _ async throws in
            let task = Task { try await status { _ = try await client.unary(TestingV1.Text(text: "hang")) } }
            try await handlers.events.wait(for: "started")
            task.cancel()
            #expect(try await task.value.code == .cancelled)
            try await handlers.events.wait(for: "cancelled")
        }
    }

    @Test("a task that was cancelled before makes no call", arguments: Transport.allCases)
    func cancelledBefore(transport: Transport) async throws {
        try await withCalls(over: transport) { client, _ async throws in
            let gate = AsyncStream<Void> { _ in }
            let task = Task {
                for await _ in gate {}
                return try await status { _ = try await client.unary(TestingV1.Text(text: "x")) }
            }
            task.cancel()
            #expect(try await task.value.code == .cancelled)
        }
    }

    @Test("a stream that nobody reads any more stops its handler", arguments: Transport.allCases)
    func abandoned(transport: Transport) async throws {
        let handlers = TestCalls()
        try await withCalls(over: transport, handlers) { client, _ async throws in
            do {
                let stream = client.serverStream(TestingV1.Number(number: -1))
                #expect(try await stream.next()?.number == 0)
            }
            try await handlers.events.wait(for: "stopped writing")
        }
    }

    @Test("a writer to a reader that does not read has to wait", arguments: Transport.allCases)
    func slowReader(transport: Transport) async throws {
        let handlers = TestCalls()
        try await withCalls(over: transport, handlers) { client, _ async throws in
            let stream = client.serverStream(TestingV1.Number(number: 1_000_000))
            #expect(try await stream.next()?.number == 0)
            // 512 KiB of credit at 32 bytes and more a message: the writer cannot be past some 16,000 of them.
            #expect(!handlers.events.contains("stopped writing"))
            stream.cancel()
            try await handlers.events.wait(for: "stopped writing")
        }
    }

    @Test("a deadline ends the call on both sides", arguments: Transport.allCases)
    func deadline(transport: Transport) async throws {
        let handlers = TestCalls()
        try await withCalls(over: transport, handlers) { client, _ async throws in
            _ = try await client.unary(TestingV1.Text(text: "warm"))
            let error = try await status {
                _ = try await client.unary(TestingV1.Text(text: "hang"), options: CallOptions(timeout: .seconds(1)))
            }
            #expect(error.code == .deadlineExceeded)
            // On a busy machine the time can be up before the handler began; then there is nothing to stop.
            if handlers.events.contains("started") { try await handlers.events.wait(for: "cancelled") }
        }
    }

    @Test("a deadline that has passed makes no call", arguments: Transport.allCases)
    func passedDeadline(transport: Transport) async throws {
        try await withCalls(over: transport) { client, _ async throws in
            let error = try await status {
                _ = try await client.unary(TestingV1.Text(text: "x"), options: CallOptions(timeout: .zero))
            }
            #expect(error.code == .deadlineExceeded)
        }
    }

    @Test("a handler's own calls inherit its deadline", arguments: Transport.allCases)
    func inherited(transport: Transport) async throws {
        try await withCalls(over: transport) { inner, _ async throws in
            try await withCalls(over: transport, interceptors: [Forwarder(inner: inner)]) { outer, _ async throws in
                let with = try await outer.unary(
                    TestingV1.Text(text: "remaining"), options: CallOptions(timeout: .seconds(300)))
                #expect(with.text == "some")
                #expect(try await outer.unary(TestingV1.Text(text: "remaining")).text == "none")
            }
        }
    }

    /// Answers a call with what another server says of its deadline.
    private struct Forwarder: ServerInterceptor {
        let inner: CallsClient

        func intercept(
            _ context: ServerContext, _ next: @Sendable (ServerContext) async throws -> (any Message)?
        ) async throws -> (any Message)? {
            try await inner.unary(TestingV1.Text(text: "remaining"))
        }
    }

    @Test("without a server a call is UNAVAILABLE at once and safe to try again")
    func nobodyThere() async throws {
        let folder = try TemporaryDirectory()
        let transport = ZeroMQTransport(identity: .testing("client"))
        let channel = try transport.channel(to: Endpoint("ipc://\(folder.path)/nobody"))
        let error = try await status { _ = try await CallsClient(channel).unary(TestingV1.Text(text: "x")) }
        #expect(error.code == .unavailable)
        #expect(error.isUnprocessed)
        channel.close()
        transport.shutDown()
    }

    @Test("a call that waits for the server gets through once it is there")
    func waitForReady() async throws {
        let folder = try TemporaryDirectory()
        let endpoint = try Endpoint("ipc://\(folder.path)/late")
        let calling = ZeroMQTransport(identity: .testing("client"))
        let serving = ZeroMQTransport(identity: .testing("server"))
        let channel = try calling.channel(to: endpoint)
        let client = CallsClient(channel)
        _ = try await status { _ = try await client.unary(TestingV1.Text(text: "x")) }
        async let answer = client.unary(TestingV1.Text(text: "late"), options: CallOptions(waitForReady: true))
        var router = Router()
        TestCalls().register(with: &router)
        let listener = try serving.serve(RPCServer(router: router), at: endpoint)
        #expect(try await answer.text == "late")
        channel.close()
        listener.stop()
        calling.shutDown()
        serving.shutDown()
    }

    @Test("open calls of a server that goes away are UNAVAILABLE")
    func serverGone() async throws {
        let folder = try TemporaryDirectory()
        let endpoint = try Endpoint("ipc://\(folder.path)/s")
        let calling = ZeroMQTransport(identity: .testing("client"))
        let serving = ZeroMQTransport(identity: .testing("server"))
        let handlers = TestCalls()
        var router = Router()
        handlers.register(with: &router)
        let listener = try serving.serve(RPCServer(router: router), at: endpoint)
        let channel = try calling.channel(to: endpoint)
        async let error = status { _ = try await CallsClient(channel).unary(TestingV1.Text(text: "hang")) }
        try await handlers.events.wait(for: "started")
        listener.stop()
        #expect(try await error.code == .unavailable)
        try await handlers.events.wait(for: "cancelled")
        channel.close()
        calling.shutDown()
        serving.shutDown()
    }

    @Test("a draining server lets open calls finish and takes no new ones")
    func drain() async throws {
        let folder = try TemporaryDirectory()
        let endpoint = try Endpoint("ipc://\(folder.path)/s")
        let calling = ZeroMQTransport(identity: .testing("client"))
        let serving = ZeroMQTransport(identity: .testing("server"))
        var router = Router()
        TestCalls().register(with: &router)
        let listener = try serving.serve(RPCServer(router: router), at: endpoint)
        let channel = try calling.channel(to: endpoint)
        let client = CallsClient(channel)
        let drained = EventLog()
        try await client.bidirectional { writer, answers async throws in
            try await writer.write(TestingV1.Text(text: "before"))
            #expect(try await answers.next()?.text == "before")
            Task {
                await listener.drain()
                drained.add("drained")
            }
            try await poll(until: "new calls are refused") {
                let result = try? await client.unary(TestingV1.Text(text: "new"))
                return result == nil
            }
            try await writer.write(TestingV1.Text(text: "after"))
            #expect(try await answers.next()?.text == "after")
            #expect(!drained.contains("drained"))
            writer.finish()
            #expect(try await answers.next() == nil)
        }
        try await drained.wait(for: "drained")
        channel.close()
        calling.shutDown()
        serving.shutDown()
    }

    @Test("a message above the server's limit is RESOURCE_EXHAUSTED on its call alone", arguments: [Transport.ipc, .tcp])
    func tooLarge(transport: Transport) async throws {
        try await withCalls(over: transport) { client, _ async throws in
            _ = try await client.unary(TestingV1.Text(text: "warm"))
            async let neighbour = client.unary(TestingV1.Text(text: "neighbour"))
            let text = String(repeating: "x", count: 5 << 20)
            let error = try await status { _ = try await client.unary(TestingV1.Text(text: text)) }
            #expect(error.code == .resourceExhausted)
            #expect(try await neighbour.text == "neighbour")
        }
    }

    @Test("an answer above the caller's limit is RESOURCE_EXHAUSTED on its call alone", arguments: [Transport.ipc, .tcp])
    func answerTooLarge(transport: Transport) async throws {
        try await withCalls(over: transport) { client, _ async throws in
            async let neighbour = client.unary(TestingV1.Text(text: "neighbour"))
            let error = try await status { _ = try await client.unary(TestingV1.Text(text: "grow")) }
            #expect(error.code == .resourceExhausted)
            #expect(try await neighbour.text == "neighbour")
            #expect(try await client.unary(TestingV1.Text(text: "after")).text == "after")
        }
    }

    @Test("calls above the server's limit wait their turn", arguments: [Transport.ipc, .tcp])
    func concurrencyLimit(transport: Transport) async throws {
        var limits = ConnectionLimits()
        limits.maximumConcurrentCalls = 3
        try await withCalls(over: transport, limits: limits) { client, _ async throws in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<50 {
                    group.addTask { () async throws in #expect(try await client.unary(TestingV1.Text(text: "\(number)")).text == "\(number)") }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test("metadata above the limit is RESOURCE_EXHAUSTED", arguments: Transport.allCases)
    func metadataLimit(transport: Transport) async throws {
        try await withCalls(over: transport) { client, _ async throws in
            var options = CallOptions()
            options.metadata.add("x-long", String(repeating: "y", count: 9_000))
            let error = try await status { _ = try await client.unary(TestingV1.Text(text: "x"), options: options) }
            #expect(error.code == .resourceExhausted)
        }
    }
}
