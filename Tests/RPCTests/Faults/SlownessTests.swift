import RPC
import RPCZeroMQ
import TestSupport
import Testing

@Suite("Slow peers")
struct SlownessTests {
    @Test(
        "deadlines end every kind of call while the network stands still",
        arguments: [
            FaultProxy.Treatment(isStalled: true), FaultProxy.Treatment(isLost: true),
        ])
    func deadlines(treatment: FaultProxy.Treatment) async throws {
        // PINGs come too late to be it.
        let bench = try FaultBench(pingInterval: .seconds(2))
        defer { bench.end() }
        let client = bench.client
        _ = try await client.unary(TestingV1.Text(text: "first"), options: CallOptions(waitForReady: true))
        bench.proxy.treat(treatment)
        let begun = ContinuousClock.now
        let options = CallOptions(timeout: .milliseconds(300))
        let calls: [@Sendable () async throws -> Void] = [
            { _ = try await client.unary(TestingV1.Text(text: "x"), options: options) },
            {
                _ = try await client.unary(
                    TestingV1.Text(text: String(repeating: "x", count: 1 << 20)), options: options)
            },
            { for try await _ in client.serverStream(TestingV1.Number(number: -1), options: options) {} },
            {
                _ = try await client.clientStream(options: options) { writer async throws in
                    while true { try await writer.write(TestingV1.Number(number: 1)) }
                }
            },
            {
                try await client.bidirectional(options: options) { writer, answers async throws in
                    try await writer.write(TestingV1.Text(text: "x"))
                    _ = try await answers.next()
                }
            },
        ]
        let codes = try await withThrowingTaskGroup(of: StatusCode.self) { group in
            for call in calls { group.addTask { try await status(call).code } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(codes == Array(repeating: .deadlineExceeded, count: calls.count))
        #expect(ContinuousClock.now - begun < .seconds(2))
        bench.proxy.heal()
        try await bench.neighbour.check()
    }

    @Test("a short standstill ends nothing")
    func shortStandstill() async throws {
        let bench = try FaultBench(pingInterval: .seconds(1))
        defer { bench.end() }
        try await bench.client.bidirectional(options: CallOptions(waitForReady: true)) { writer, answers async throws in
            try await writer.write(TestingV1.Text(text: "before"))
            #expect(try await answers.next()?.text == "before")
            bench.proxy.treat(FaultProxy.Treatment(isStalled: true))
            try await writer.write(TestingV1.Text(text: "meanwhile"))
            // Three would be too much.
            let begun = ContinuousClock.now
            try await poll(until: "a second is over") { ContinuousClock.now - begun > .seconds(1) }
            bench.proxy.heal()
            #expect(try await answers.next()?.text == "meanwhile")
            writer.finish()
            #expect(try await answers.next() == nil)
        }
    }

    @Test("a slow handler ends at its callers' deadlines, and calls beside it on the connection do not wait")
    func slowHandler() async throws {
        let bench = try FaultBench()
        defer { bench.end() }
        let client = bench.client
        _ = try await client.unary(TestingV1.Text(text: "first"), options: CallOptions(waitForReady: true))
        let begun = ContinuousClock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<50 {
                group.addTask {
                    let error = try await status {
                        _ = try await client.unary(
                            TestingV1.Text(text: "hang"), options: CallOptions(timeout: .seconds(1)))
                    }
                    #expect(error.code == .deadlineExceeded)
                }
            }
            for _ in 0..<50 { _ = try await client.unary(TestingV1.Text(text: "quick")) }
            let quick = ContinuousClock.now - begun
            #expect(quick < .seconds(1), "50 quick calls took \(quick)")
            try await group.waitForAll()
        }
        #expect(ContinuousClock.now - begun < .seconds(3))
        try await poll(until: "every handler was cancelled", timeout: .seconds(10)) { await bench.openCalls() <= 1 }
    }

    @Test("streams that are not read hold up neither each other nor small calls")
    func slowReaders() async throws {
        let bench = try FaultBench()
        defer { bench.end() }
        let client = bench.client
        var unread: [ResponseStream<TestingV1.Number>] = []
        for _ in 0..<30 {
            let stream = client.serverStream(TestingV1.Number(number: -1), options: CallOptions(waitForReady: true))
            #expect(try await stream.next()?.number == 0)
            unread.append(stream)
        }
        for _ in 0..<50 { _ = try await client.unary(TestingV1.Text(text: "small")) }
        // They all wait where their credit ended, and go on from there.
        for stream in unread { #expect(try await stream.next()?.number == 1) }
        for stream in unread { stream.cancel() }
        try await poll(until: "every handler has stopped", timeout: .seconds(10)) { await bench.openCalls() <= 1 }
        try await bench.neighbour.check()
    }
}
