import ChildProcess
import Foundation
import Glibc
import OperatorCommands
import Synchronization
import TestSupport
import Testing

@Suite("Keeping processes running")
struct SupervisionTests {
    /// Collects what a keeper tells.
    private final class Events: Sendable {
        private let kept = Mutex<[SuiteEvent]>([])
        var all: [SuiteEvent] { kept.withLock { $0 } }
        func add(_ event: SuiteEvent) { kept.withLock { $0.append(event) } }

        func wait<R>(for what: String, _ pick: (SuiteEvent) -> R?) async throws -> R {
            try await poll(for: what) { all.lazy.compactMap(pick).first }
        }

        func deaths() -> [Duration] {
            all.compactMap { event in
                if case .died(_, _, let wait) = event { wait } else { nil }
            }
        }
    }

    private func keeper(
        _ script: String, clock: any Clock<Duration> = ContinuousClock(), events: Events, log: String = "/dev/null",
        isReady: @escaping @Sendable (Int) async -> Bool = { _ in true }
    ) -> Keeper {
        let plan = ServicePlan(Replica("thing"), endpoint: nil, log: log) { _ in
            Launch(
                "/bin/sh", arguments: ["-c", script], environment: [:], output: .append(to: log),
                error: .append(to: log), bond: .ownGroup, signalWithParent: SIGKILL)
        }
        return Keeper(
            plan, clock: clock, backoff: Backoff(random: { 0.5 }), choosePort: { () throws(Failure) in 1 },
            isReady: isReady, tell: events.add)
    }

    @Test("a process that dies is started again, later each time")
    func restarts() async throws {
        let (clock, events) = (ManualClock(), Events())
        let keeper = keeper("exec sleep 1000", clock: clock, events: events)
        async let running: Void = keeper.run()
        for (death, wait) in [Duration.milliseconds(200), .milliseconds(400), .milliseconds(800)].enumerated() {
            let pid = try await poll(for: "start \(death + 1)") { () -> Int32? in
                let starts = events.all.compactMap { event -> Int32? in
                    if case .started(_, let pid, _) = event { pid } else { nil }
                }
                let readies = events.all.filter { if case .ready = $0 { true } else { false } }
                return starts.count == death + 1 && readies.count == death + 1 ? starts[death] : nil
            }
            kill(pid, SIGKILL)
            await clock.sleepers(1)
            #expect(events.deaths().last == wait)
            #expect(clock.pendingSleeps == [wait])
            clock.advance(by: wait)
        }
        await keeper.stop()
        try await running
        #expect(events.all.last == .stopped(name: "thing"))
    }

    @Test("a process that has run for a minute has recovered")
    func recovers() async throws {
        let (clock, events) = (ManualClock(), Events())
        let keeper = keeper("exec sleep 1000", clock: clock, events: events)
        async let running: Void = keeper.run()
        for death in 0..<2 {
            let pid = try await poll(for: "start \(death + 1)") { () -> Int32? in
                let starts = events.all.compactMap { event -> Int32? in
                    if case .started(_, let pid, _) = event { pid } else { nil }
                }
                let readies = events.all.filter { if case .ready = $0 { true } else { false } }
                return starts.count == death + 1 && readies.count == death + 1 ? starts[death] : nil
            }
            clock.advance(by: Backoff.recoveredAfter)
            kill(pid, SIGKILL)
            await clock.sleepers(1)
            #expect(events.deaths().last == .milliseconds(200))
            clock.advance(by: .milliseconds(200))
        }
        await keeper.stop()
        try await running
    }

    @Test("a process that ends before it was ready stops the start, with the end of its log")
    func diesEarly() async throws {
        try await withTemporaryDirectory { folder in
            let events = Events()
            let keeper = keeper(
                "echo the port is taken; exit 69", events: events, log: folder.file("log"), isReady: { _ in false })
            let failure = try await #require(throws: Failure.self) { try await keeper.run() }
            #expect(failure.message.contains("thing did not start: exit code 69"))
            #expect(failure.message.contains("the port is taken"))
            #expect(failure.advice == "The whole log: \(folder.file("log"))")
        }
    }

    @Test("a process whose store is not to be had yet is started again, for a while")
    func notYet() async throws {
        try await withTemporaryDirectory { folder in
            let (clock, events) = (ManualClock(), Events())
            let keeper = keeper(
                "echo the database is away; exit 75", clock: clock, events: events, log: folder.file("log"),
                isReady: { _ in false })
            let running = Task { try await keeper.run() }
            for attempt in 0..<Keeper.firstAttempts {
                await clock.sleepers(1)
                #expect(events.deaths().count == attempt + 1)
                clock.advance(by: Backoff.longest)
            }
            let failure = try await #require(throws: Failure.self) { try await running.value }
            #expect(failure.message.contains("thing did not start: exit code 75"))
            #expect(failure.message.contains("the database is away"))
        }
    }

    @Test("a process that does not stop when asked is killed after its grace")
    func stubborn() async throws {
        try await withTemporaryDirectory { folder in
            let (clock, events, log) = (ManualClock(), Events(), folder.file("log"))
            // Asked before it does not listen, it would end like any other.
            let keeper = keeper(
                "trap '' TERM; echo deaf; while :; do sleep 1000; done", clock: clock, events: events, log: log,
                isReady: { _ in (try? String(contentsOfFile: log, encoding: .utf8)) == "deaf\n" })
            async let running: Void = keeper.run()
            _ = try await events.wait(for: "ready") { if case .ready = $0 { true } else { nil } }
            async let stopped: Void = keeper.stop(within: .seconds(10))
            await clock.sleepers(1)
            clock.advance(by: .seconds(10))
            await stopped
            try await running
            #expect(events.all.contains(.killed(name: "thing", after: .seconds(10))))
        }
    }

    @Test("waits double up to their limit, within a fifth of jitter")
    func backoff() {
        let middle = Backoff(random: { 0.5 })
        let waits = [0, 1, 2, 7, 8, 500].map { (middle.wait(afterFailures: $0) / .milliseconds(1)).rounded() }
        #expect(waits == [200, 400, 800, 25_600, 30_000, 30_000])
        let (low, high) = (Backoff(random: { 0 }), Backoff(random: { 1 }))
        #expect(low.wait(afterFailures: 0) == .milliseconds(160))
        #expect((.milliseconds(239)...(.milliseconds(241))).contains(high.wait(afterFailures: 0)))
    }
}
