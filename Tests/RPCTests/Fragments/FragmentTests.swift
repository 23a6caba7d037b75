import Contracts
import RPC
import RPCZeroMQ
import TestSupport
import Testing

@Suite("Messages in pieces")
struct FragmentTests {
    private static let megabyte = 1 << 20

    private static func text(_ count: Int) -> TestingV1.Text {
        // Not all the same, so that pieces in the wrong order show.
        let line = "what came first stands first; "
        return TestingV1.Text(text: String(String(repeating: line, count: count / line.utf8.count + 1).prefix(count)))
    }

    @Test(
        "arrive whole, both ways, at every size around a piece's",
        arguments: [Transport.ipc, .tcp, .curve], [8_100, 65_530, 65_536, 65_540, 131_072, 131_080, 3 * megabyte])
    func whole(transport: Transport, size: Int) async throws {
        try await withCalls(over: transport) { client, _ in
            let message = Self.text(size)
            let answer = try await client.unary(message)
            #expect(answer == message)
        }
    }

    @Test("arrive in order among small ones of the same stream", arguments: [Transport.ipc, .tcp, .curve])
    func order(transport: Transport) async throws {
        try await withCalls(over: transport) { client, _ in
            try await client.bidirectional { writer, answers async throws in
                for size in [3, 200_000, 5, 700_000, 0, 66_000, 1] {
                    let message = Self.text(size)
                    try await writer.write(message)
                    #expect(try await answers.next() == message)
                }
                writer.finish()
                #expect(try await answers.next() == nil)
            }
        }
    }

    @Test("let a peer that takes none have every message in one")
    func none() async throws {
        var limits = ConnectionLimits()
        limits.initialConnectionCredit = 0
        try await withCalls(over: .ipc, limits: limits) { client, _ in
            let message = Self.text(2 * Self.megabyte)
            let answer = try await client.unary(message)
            #expect(answer == message)
        }
    }

    @Test("of 64 MiB let small calls on the same connection pass", arguments: [Transport.ipc, .tcp, .curve])
    func fair(transport: Transport) async throws {
        var limits = ConnectionLimits()
        limits.maximumMessageBytes = 80 * Self.megabyte
        try await withCalls(over: transport, limits: limits) { client, _ in
            _ = try await client.unary(TestingV1.Text(text: "first"))
            let big = TestingV1.Text(text: String(repeating: "x", count: 64 * Self.megabyte))
            let events = EventLog()
            let overtaken = try await withThrowingTaskGroup(of: Int.self) { group in
                group.addTask {
                    let answer = try await client.unary(big)
                    events.add("done")
                    return answer.text.utf8.count == 64 * Self.megabyte ? 0 : -1_000_000
                }
                group.addTask {
                    var count = 0
                    while !events.contains("done") {
                        _ = try await client.unary(TestingV1.Text(text: "small"))
                        count += 1
                    }
                    return count
                }
                return try await group.reduce(0, +)
            }
            // Behind the big message whole there would be two: one that waits for its way there, one for its way back. How
            // many more there are is a matter of the machine.
            #expect(overtaken > 4)
        }
    }

    @Test("from many calls at once all arrive", arguments: [Transport.ipc, .tcp, .curve])
    func many(transport: Transport) async throws {
        try await withCalls(over: transport) { client, _ in
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<40 {
                    group.addTask {
                        let message = Self.text(100_000 + number * 1_000)
                        return try await client.unary(message) == message
                    }
                }
                for try await isRight in group { #expect(isRight) }
            }
        }
    }

    @Test("of a call that is cancelled midway leave the connection as it was", arguments: [Transport.ipc, .tcp, .curve])
    func cancelled(transport: Transport) async throws {
        try await withCalls(over: transport) { client, _ in
            for _ in 0..<20 {
                let task = Task { try await client.unary(Self.text(3 * Self.megabyte)) }
                async let small = client.unary(TestingV1.Text(text: "small"))
                _ = try await small
                task.cancel()
                _ = await task.result
            }
            let message = Self.text(3 * Self.megabyte)
            let answer = try await client.unary(message)
            #expect(answer == message)
        }
    }

    @Test("above the limit are refused on that call alone, at their first piece", arguments: [Transport.ipc, .tcp, .curve])
    func tooLong(transport: Transport) async throws {
        try await withCalls(over: transport) { client, _ in
            try await client.bidirectional { writer, answers async throws in
                try await writer.write(TestingV1.Text(text: "before"))
                #expect(try await answers.next()?.text == "before")
                let error = try await status { _ = try await client.unary(Self.text(5 * Self.megabyte)) }
                #expect(error.code == .resourceExhausted)
                let grown = try await status { _ = try await client.unary(TestingV1.Text(text: "grow")) }
                #expect(grown.code == .resourceExhausted)
                try await writer.write(TestingV1.Text(text: "after"))
                #expect(try await answers.next()?.text == "after")
            }
        }
    }
}
