import Contracts
import RPC
import RPCInProcess
import Synchronization
import TestSupport
import Testing
import Wire

/// Fails attempts by a list, one entry each, then lets them through; and remembers what each attempt said of itself.
private final class Script: ServerInterceptor {
    struct Attempt: Hashable {
        let key: String?
        let previous: Int
        let metadata: String?
    }

    private let failures: Mutex<[RPCError]>
    private let seen = Mutex<[Attempt]>([])

    init(_ failures: [RPCError]) { self.failures = Mutex(failures) }

    var attempts: [Attempt] { seen.withLock { $0 } }

    func intercept(
        _ context: ServerContext, _ next: @Sendable (ServerContext) async throws -> (any Message)?
    ) async throws -> (any Message)? {
        let attempt = Attempt(
            key: context.idempotencyKey, previous: context.head.previousAttempts,
            metadata: context.metadata.text("grpc-previous-rpc-attempts"))
        seen.withLock { $0.append(attempt) }
        if let failure = failures.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) { throw failure }
        return try await next(context)
    }
}

@Suite("A call that fails")
struct RetryTests {
    private static let config = #"""
        {"methodConfig": [{"name": [{}], "retryPolicy": {"maxAttempts": 4, "initialBackoff": "1s", "maxBackoff": "10s",
         "backoffMultiplier": 2, "retryableStatusCodes": ["UNAVAILABLE"]}}]}
        """#

    private static let away = RPCError(.unavailable, "away")
    private static let refused = RPCError(.unavailable, "stopping", isUnprocessed: true)

    private func channel(
        _ script: Script, _ clock: ManualClock = ManualClock(), _ calls: TestCalls = TestCalls(), config: String = config
    ) throws -> RetryingChannel {
        var router = Router()
        calls.register(with: &router)
        return RetryingChannel(
            InProcessChannel(to: RPCServer(router: router, interceptors: [script])),
            config: try ServiceConfig(json: config), clock: clock, jitter: { 1 })
    }

    @Test("is made again after each wait, with the same key and its number, and succeeds in the end")
    func retried() async throws {
        let clock = ManualClock()
        let script = Script([Self.away, Self.away])
        let client = CallsClient(try channel(script, clock))
        async let answer = client.unary(TestingV1.Text(text: "x"))
        await clock.sleepers(1)
        #expect(clock.pendingSleeps == [.seconds(1)])
        clock.advance(by: .seconds(1))
        await clock.sleepers(1)
        #expect(clock.pendingSleeps == [.seconds(2)])
        clock.advance(by: .seconds(2))
        #expect(try await answer.text == "x")
        #expect(script.attempts.map(\.previous) == [0, 1, 2])
        #expect(script.attempts.map(\.metadata) == [nil, "1", "2"])
        #expect(Set(script.attempts.map(\.key)).count == 1)
        #expect(script.attempts[0].key?.utf8.count == 32)
    }

    @Test("ends with its last error when there were enough attempts")
    func enough() async throws {
        let clock = ManualClock()
        let script = Script(Array(repeating: Self.away, count: 9))
        let client = CallsClient(try channel(script, clock))
        async let error = status { _ = try await client.unary(TestingV1.Text(text: "x")) }
        for wait in [1, 2, 4] {
            await clock.sleepers(1)
            clock.advance(by: .seconds(wait))
        }
        #expect(try await error.code == .unavailable)
        #expect(script.attempts.count == 4)
    }

    @Test("is not made again if it may do something twice and has no key")
    func noKey() async throws {
        let script = Script([Self.away])
        let client = CallsClient(try channel(script))
        let error = try await status {
            _ = try await client.unary(TestingV1.Text(text: "x"), options: CallOptions(idempotencyKey: ""))
        }
        #expect(error.code == .unavailable)
        #expect(script.attempts.count == 1)
    }

    @Test("is made again at once where no handler saw it, even without a key, but only once")
    func transparent() async throws {
        let script = Script([Self.refused])
        let options = CallOptions(idempotencyKey: "")
        #expect(try await CallsClient(try channel(script)).unary(TestingV1.Text(text: "x"), options: options).text == "x")
        #expect(script.attempts.map(\.previous) == [0, 1])
        let stubborn = Script([Self.refused, Self.refused])
        let client = CallsClient(try channel(stubborn))
        _ = try await status { _ = try await client.unary(TestingV1.Text(text: "x"), options: options) }
        #expect(stubborn.attempts.count == 2)
    }

    @Test("waits as long as the server asks, and not at all if it asks for no other attempt")
    func pushback() async throws {
        let clock = ManualClock()
        var later = Self.away
        later.pushback = .milliseconds(20)
        var never = Self.away
        never.pushback = .milliseconds(-1)
        let script = Script([later, never])
        let client = CallsClient(try channel(script, clock))
        async let error = status { _ = try await client.unary(TestingV1.Text(text: "x")) }
        await clock.sleepers(1)
        #expect(clock.pendingSleeps == [.milliseconds(20)])
        clock.advance(by: .milliseconds(20))
        #expect(try await error.code == .unavailable)
        #expect(script.attempts.count == 2)
    }

    @Test("is not made again after its deadline, which is one for all attempts")
    func deadline() async throws {
        var later = Self.away
        later.pushback = .seconds(3_600)
        let script = Script([later])
        let client = CallsClient(try channel(script))
        let error = try await status {
            _ = try await client.unary(TestingV1.Text(text: "x"), options: CallOptions(timeout: .seconds(1_800)))
        }
        // The wait is longer than what is left: it ends at once, with what really happened.
        #expect(error.code == .unavailable)
        #expect(script.attempts.count == 1)
    }

    @Test("is CANCELLED at once while it waits for its next attempt")
    func cancelledWhileWaiting() async throws {
        let clock = ManualClock()
        let script = Script([Self.away])
        let client = CallsClient(try channel(script, clock))
        let calling = Task { () async throws in try await status { _ = try await client.unary(TestingV1.Text(text: "x")) } }
        await clock.sleepers(1)
        calling.cancel()
        #expect(try await calling.value.code == .cancelled)
        #expect(clock.pendingSleeps == [])
        #expect(script.attempts.count == 1)
    }

    @Test("is not made again once something of an answer has come")
    func committed() async throws {
        let calls = TestCalls()
        let script = Script([])
        let client = CallsClient(try channel(script, ManualClock(), calls))
        var received: [Int64] = []
        let error = try await status {
            for try await message in client.serverStream(TestingV1.Number(number: 3)) {
                received.append(message.number)
                if message.number == 2 { throw RPCError(.unavailable, "by the test") }
            }
        }
        #expect(error.message == "by the test")
        #expect(received == [0, 1, 2])
        let answering = CallsClient(try channel(script, ManualClock(), calls))
        let failed = try await status { _ = try await answering.unary(TestingV1.Text(text: "answer, then fail")) }
        #expect(failed.code == .unavailable)
        #expect(script.attempts.count == 2)
    }

    @Test("with a request stream is sent again from its beginning")
    func stream() async throws {
        let clock = ManualClock()
        let script = Script([Self.away])
        let client = CallsClient(try channel(script, clock))
        async let sum = client.clientStream { writer in
            for number in 1...10 { try await writer.write(TestingV1.Number(number: Int64(number))) }
        }
        await clock.sleepers(1)
        clock.advance(by: .seconds(1))
        #expect(try await sum.number == 55)
        #expect(script.attempts.count == 2)
    }

    @Test("with a request stream that is too long to keep is not made again")
    func streamTooLong() async throws {
        let script = Script([])
        let client = CallsClient(try channel(script))
        // The handler ends it as UNAVAILABLE when it has read a megabyte.
        let error = try await status {
            try await client.bidirectional { writer, answers async throws in
                let text = String(repeating: "x", count: 100_000)
                for _ in 0..<11 { try await writer.write(TestingV1.Text(text: "keep " + text)) }
                try await writer.write(TestingV1.Text(text: "away"))
                writer.finish()
                while try await answers.next() != nil {}
            }
        }
        #expect(error.code == .unavailable)
        #expect(script.attempts.count == 1)
    }

    @Test("to a method without side effects is made again without a key")
    func noSideEffects() async throws {
        let clock = ManualClock()
        let script = Script([Self.away])
        let retrying = try channel(script, clock)
        let method = MethodDescriptor(
            service: CallsMethods.unary.service, method: CallsMethods.unary.method, kind: .unary, idempotency: .noSideEffects)
        async let answer = retrying.rawUnary(method, TestingV1.Text(text: "x").encoded())
        await clock.sleepers(1)
        clock.advance(by: .seconds(1))
        #expect(try await !answer.isEmpty)
        #expect(script.attempts.map(\.key) == [nil, nil])
    }

    @Test("keeps to the sizes and times of the configuration")
    func limits() async throws {
        let config = #"{"methodConfig": [{"name": [{}], "maxRequestMessageBytes": 20, "maxResponseMessageBytes": 10}]}"#
        let client = CallsClient(try channel(Script([]), config: config))
        #expect(try await client.unary(TestingV1.Text(text: "short")).text == "short")
        let request = try await status { _ = try await client.unary(TestingV1.Text(text: "a text of many more bytes")) }
        #expect(request.code == .resourceExhausted)
        #expect(request.message.contains("27 bytes"))
        let answer = try await status { _ = try await client.unary(TestingV1.Text(text: "twelve bytes")) }
        #expect(answer.code == .resourceExhausted)
        let hurried = CallsClient(try channel(Script([]), config: #"{"methodConfig": [{"name": [{}], "timeout": "0.05s"}]}"#))
        let slow = try await status { _ = try await hurried.unary(TestingV1.Text(text: "hang")) }
        #expect(slow.code == .deadlineExceeded)
    }
}
