import RPC
import RPCZeroMQ
import Synchronization
import TestSupport
import Testing

@Suite("Calls under faults of the network")
struct FaultMatrixTests {
    /// How an activity ended.
    private struct Ending: Sendable {
        let activity: Activity
        let code: StatusCode
        let at: ContinuousClock.Instant
    }

    @Test("end as the table says, and the client's next connection works", arguments: FaultMatrix.rows)
    func row(_ row: FaultRow) async throws { try await run(row, FaultBench(pingInterval: row.pingInterval)) }

    @Test("end the same way when they are encrypted", arguments: FaultMatrix.encrypted)
    func encrypted(_ row: FaultRow) async throws {
        try await run(row, FaultBench(pingInterval: row.pingInterval, encrypted: true))
    }

    private func run(_ row: FaultRow, _ bench: FaultBench) async throws {
        defer { bench.end() }
        try row.before(bench)
        let progress = Progress()
        let endings = try await withThrowingTaskGroup(of: Ending.self) { group in
            for activity in Activity.allCases {
                group.addTask { await Self.ending(of: activity, bench.client, progress) }
            }
            try await progress.wait(for: "every call is under way") {
                $0.allSatisfy { $0.value >= 2 } || progress.hasEnded
            }
            try row.during(bench)
            let begun = ContinuousClock.now
            if case .goesOn = row.outcome {
                let before = progress.counts
                try await progress.wait(for: "every call goes on") { counts in
                    progress.hasEnded
                        || ContinuousClock.now - begun > .milliseconds(500)
                            && counts.allSatisfy { $0.key == .hangingUnary || $0.value > (before[$0.key] ?? 0) + 1 }
                }
                progress.isOver.store(true, ordering: .relaxed)
                group.cancelAll()
            }
            return try await group.reduce(into: (list: [Ending](), begun: begun)) { $0.list.append($1) }
        }
        for ending in endings.list { check(ending, row, since: endings.begun) }
        try row.afterwards(bench)
        let healed = ContinuousClock.now
        let options = CallOptions(timeout: .seconds(5), waitForReady: true)
        _ = try await bench.client.unary(TestingV1.Text(text: "afterwards"), options: options)
        print(
            "[faults] \(row.name): \(Self.summary(endings.list, endings.begun));",
            "recovered after \(ContinuousClock.now - healed)"
        )
        try await bench.neighbour.check()
        // A server learns by silence alone that a client is gone.
        guard row.pingInterval == FaultBench.pingInterval else { return }
        try await poll(until: "no handler is left but the neighbour's", timeout: .seconds(10)) {
            await bench.openCalls() <= 1
        }
    }

    private func check(_ ending: Ending, _ row: FaultRow, since begun: ContinuousClock.Instant) {
        switch row.outcome {
        case .ends(let codes, let bound):
            #expect(codes.contains(ending.code), "\(row.name): \(ending.activity)")
            #expect(ending.at - begun < bound, "\(row.name): \(ending.activity)")
        case .goesOn:
            // What is still under way when the test is over is cancelled by it.
            #expect([.ok, .cancelled].contains(ending.code), "\(row.name): \(ending.activity)")
        }
    }

    private static func summary(_ endings: [Ending], _ begun: ContinuousClock.Instant) -> String {
        let codes = Set(endings.map(\.code.name)).sorted().joined(separator: "/")
        guard let last = endings.max(by: { $0.at < $1.at }), let first = endings.min(by: { $0.at < $1.at }) else {
            return codes
        }
        func milliseconds(_ ending: Ending) -> String {
            "\(Int((ending.at - begun) / .milliseconds(1))) ms (\(ending.activity))"
        }
        return "\(codes) after \(milliseconds(first)) to \(milliseconds(last))"
    }

    // MARK: Activities

    /// How far each activity has come.
    private final class Progress: Sendable {
        private let state = Mutex(
            (counts: [Activity: Int](uniqueKeysWithValues: Activity.allCases.map { ($0, 0) }), ended: 0))
        let isOver = Atomic(false)

        var counts: [Activity: Int] { state.withLock { $0.counts } }
        var hasEnded: Bool { state.withLock { $0.ended > 0 } }
        var goesOn: Bool { !isOver.load(ordering: .relaxed) }

        func step(_ activity: Activity) { state.withLock { $0.counts[activity, default: 0] += 1 } }
        func end() { state.withLock { $0.ended += 1 } }

        func wait(for what: String, _ isEnough: ([Activity: Int]) -> Bool) async throws {
            try await poll(until: what, timeout: .seconds(20), interval: .milliseconds(2)) { isEnough(counts) }
        }
    }

    private static func ending(of activity: Activity, _ client: CallsClient, _ progress: Progress) async -> Ending {
        var code = StatusCode.ok
        do {
            try await run(activity, client, progress)
        } catch let error as RPCError {
            code = error.code
        } catch {
            code = .unknown
        }
        if progress.goesOn { progress.end() }
        return Ending(activity: activity, code: code, at: .now)
    }

    private static func run(_ activity: Activity, _ client: CallsClient, _ progress: Progress) async throws {
        switch activity {
        case .hangingUnary:
            _ = try await client.unary(TestingV1.Text(text: "first"))
            for _ in 0..<2 { progress.step(activity) }
            _ = try await client.unary(TestingV1.Text(text: "hang"))
        case .unaryCalls, .bigCalls:
            let text = String(repeating: "x", count: activity == .bigCalls ? 150_000 : 10)
            while progress.goesOn {
                _ = try await client.unary(TestingV1.Text(text: text))
                progress.step(activity)
            }
        case .serverStream:
            for try await _ in client.serverStream(TestingV1.Number(number: -1)) {
                progress.step(activity)
                guard progress.goesOn else { return }
            }
        case .clientStream:
            _ = try await client.clientStream { writer async throws in
                while progress.goesOn {
                    try await writer.write(TestingV1.Number(number: 1))
                    progress.step(activity)
                }
            }
        case .bidirectional:
            try await client.bidirectional { writer, answers async throws in
                while progress.goesOn {
                    try await writer.write(TestingV1.Text(text: "x"))
                    _ = try await answers.next()
                    progress.step(activity)
                }
            }
        }
    }
}
