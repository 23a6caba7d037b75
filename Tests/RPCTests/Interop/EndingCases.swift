import RPC
import Synchronization
import TestSupport
import Testing
import Wire

/// gRPC's interoperability tests of calls that end early, by their names there.
@Suite("Interoperability: early ends")
struct EndingCases {
    @Test("cancel_after_begin: a stream of requests cancelled at once is CANCELLED", arguments: Transport.allCases)
    func cancelAfterBegin(transport: Transport) async throws {
        try await cancelled(over: transport) { client, begun in
            _ = try await client.streamingInputCall { _ in
                begun()
                await untilCancelled()
            }
        }
    }

    @Test("a call cancelled after its first request is CANCELLED, and so is its handler", arguments: Transport.allCases)
    func cancelAfterFirstRequest(transport: Transport) async throws {
        let service = InteropService()
        try await cancelled(over: transport, service) { client, begun in
            try await client.fullDuplexCall { writer, answers async throws in
                try await writer.write(GRPCTesting.StreamingOutputCallRequest(payload: 27_182))
                try await poll(until: "the handler has begun") { service.handlers.current.begun == 1 }
                begun()
                _ = try await answers.next()
            }
        }
        try await poll(until: "the handler was stopped") { service.handlers.current.ended == 1 }
    }

    @Test("cancel_after_first_response: a stream cancelled after an answer is CANCELLED", arguments: Transport.allCases)
    func cancelAfterFirstResponse(transport: Transport) async throws {
        let service = InteropService()
        try await withTestService(over: transport, service) { client, _ async throws in
            try await client.fullDuplexCall { writer, answers async throws in
                try await writer.write(GRPCTesting.StreamingOutputCallRequest(answers: 31_415, payload: 27_182))
                #expect(try await answers.next()?.payload == .zeros(31_415))
                answers.cancel()
                let error = try await status { _ = try await answers.next() }
                #expect(error.code == .cancelled)
            }
            try await poll(until: "the handler was stopped") { service.handlers.current.ended == 1 }
        }
    }

    @Test("a call cancelled while its caller waits for the first metadata is CANCELLED", arguments: Transport.allCases)
    func cancelBeforeHeaders(transport: Transport) async throws {
        let service = InteropService { await untilCancelled() }
        try await cancelled(over: transport, service) { client, begun in
            try await client.fullDuplexCall { _, answers async throws in
                try await poll(until: "the handler has begun") { service.handlers.current.begun == 1 }
                begun()
                _ = try await answers.initialMetadata()
            }
        }
        try await poll(until: "the handler was stopped") { service.handlers.current.ended == 1 }
    }

    @Test("a call cancelled after the first metadata is CANCELLED", arguments: Transport.allCases)
    func cancelAfterHeaders(transport: Transport) async throws {
        try await cancelled(over: transport) { client, begun in
            try await client.fullDuplexCall(options: .echoing) { _, answers async throws in
                _ = try await answers.initialMetadata()
                begun()
                _ = try await answers.next()
            }
        }
    }

    @Test("a task that was cancelled before makes no call of any kind", arguments: Transport.allCases)
    func cancelBeforeStart(transport: Transport) async throws {
        let service = InteropService()
        try await withTestService(over: transport, service) { client, _ async throws in
            let request = GRPCTesting.StreamingOutputCallRequest(answers: 1)
            let calls: [@Sendable () async throws -> Void] = [
                { _ = try await client.unaryCall(GRPCTesting.SimpleRequest()) },
                { for try await _ in client.streamingOutputCall(request) {} },
                { _ = try await client.streamingInputCall { _ in } },
                { try await client.fullDuplexCall { _, answers async throws in _ = try await answers.next() } },
            ]
            for call in calls {
                let task = Task {
                    await untilCancelled()
                    return try await status { try await call() }
                }
                task.cancel()
                #expect(try await task.value.code == .cancelled)
            }
            _ = try await client.emptyCall(GRPCTesting.Empty())
            #expect(service.handlers.current.begun == 0)
        }
    }

    @Test("timeout_on_sleeping_server: a silent server's call is DEADLINE_EXCEEDED", arguments: Transport.allCases)
    func timeout(transport: Transport) async throws {
        let service = InteropService()
        try await withTestService(over: transport, service) { client, _ async throws in
            let error = try await status {
                try await client.fullDuplexCall(options: CallOptions(timeout: .milliseconds(1))) {
                    writer, answers async throws in
                    try await writer.write(GRPCTesting.StreamingOutputCallRequest(payload: 27_182))
                    _ = try await answers.next()
                }
            }
            #expect(error.code == .deadlineExceeded)
            try await poll(until: "no handler goes on") {
                service.handlers.current.begun == service.handlers.current.ended
            }
        }
    }

    @Test("an error of the caller's own ends its stream of requests, on both sides", arguments: Transport.allCases)
    func ownError(transport: Transport) async throws {
        let service = InteropService()
        try await withTestService(over: transport, service) { client, _ async throws in
            let error = try await status {
                _ = try await client.streamingInputCall { writer in
                    try await writer.write(GRPCTesting.StreamingInputCallRequest(payload: .zeros(8)))
                    try await poll(until: "the handler has begun") { service.handlers.current.begun == 1 }
                    throw RPCError(.notFound, "what was to be sent is not there")
                }
            }
            #expect(error.code == .notFound)
            try await poll(until: "the handler was stopped") { service.handlers.current.ended == 1 }
        }
    }

    /// Runs `call` in a task, cancels it once the call says that it has begun, and expects CANCELLED. The connection
    /// has to survive it.
    private func cancelled(
        over transport: Transport, _ service: InteropService = InteropService(),
        _ call: @escaping @Sendable (TestServiceClient, _ begun: @Sendable () -> Void) async throws -> Void
    ) async throws {
        try await withTestService(over: transport, service) { client, _ async throws in
            let begun = Latch<Void>()
            let task = Task { try await status { try await call(client) { begun.set(.success(())) } } }
            try await begun.wait()
            task.cancel()
            #expect(try await task.value.code == .cancelled)
            #expect(try await client.emptyCall(GRPCTesting.Empty()) == GRPCTesting.Empty())
        }
    }
}
