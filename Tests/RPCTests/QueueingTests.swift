import Contracts
import Dispatch
import RPC
import Synchronization
import TestSupport
import Testing
import ZeroMQ

@testable import RPCZeroMQ

@Suite("Calls that waited in queues")
struct QueueingTests {
    @Test("are not started when their time was up before the server came to them")
    func notStarted() async throws {
        let folder = try TemporaryDirectory()
        let serving = ZeroMQTransport(identity: .testing("server"))
        let calling = ZeroMQTransport(identity: .testing("client"))
        let handlers = TestCalls()
        var router = Router()
        handlers.register(with: &router)
        let listener = try serving.serve(RPCServer(router: router), at: try Endpoint("ipc://\(folder.path)/s"))
        let channel = try calling.channel(to: try Endpoint(listener.endpoint))
        defer {
            channel.close()
            listener.stop()
            calling.shutDown()
            serving.shutDown()
        }
        let client = CallsClient(channel)
        _ = try await client.unary(TestingV1.Text(text: "first"))
        // The server is stopped in its tracks, as a process is by SIGSTOP, until the calls' time is up.
        let isHeld = DispatchSemaphore(value: 0)
        serving.thread.submit { isHeld.wait() }
        let codes = try await withThrowingTaskGroup(of: StatusCode.self) { group in
            for _ in 0..<10 {
                group.addTask {
                    try await status {
                        _ = try await client.unary(TestingV1.Text(text: "hang"), options: CallOptions(timeout: .milliseconds(50)))
                    }.code
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        // By more than what the way alone may have taken so far, which the server cannot tell from a queue.
        let late = ContinuousClock.now + .milliseconds(200)
        try await poll(until: "the calls are late by far") { ContinuousClock.now > late }
        isHeld.signal()
        #expect(codes == Array(repeating: .deadlineExceeded, count: 10))
        _ = try await client.unary(TestingV1.Text(text: "last"))
        #expect(!handlers.events.contains("started"))
    }

    @Test("are told from clocks that differ and drift")
    func estimate() {
        var delay = QueueingDelay()
        // The client's clock is 1,000 s ahead; the way takes 40 µs, at first 90.
        let offset: UInt64 = 1_000_000_000
        func received(at now: UInt64, after way: UInt64, queued: UInt64 = 0) -> Int64 {
            delay.delay(sent: now + offset - way - queued, received: now)
        }
        #expect(received(at: 5_000_000, after: 90) == 0)
        #expect(received(at: 5_001_000, after: 40) == 0)
        #expect(received(at: 5_002_000, after: 40, queued: 700) == 700)
        // Two minutes later the clocks are 3 ms further apart: the old smallest does not count for ever.
        let drift: UInt64 = 3_000
        func later(at now: UInt64, queued: UInt64 = 0) -> Int64 {
            delay.delay(sent: now + offset - drift - 40 - queued, received: now)
        }
        #expect(later(at: 66_000_000) == 3_000)
        #expect(later(at: 127_000_000) == 0)
        #expect(later(at: 127_000_500, queued: 200) == 200)
    }
}
