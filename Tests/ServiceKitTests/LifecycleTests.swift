import Contracts
import RPC
import ServiceLifecycle
import Storage
import Synchronization
import TestSupport
import Testing

@testable import ServiceKit

@Suite("The life of a process")
struct LifecycleTests {
    private struct Broken: Error {}

    private func definition(
        _ events: Events, readiness: [ReadinessCheck] = [],
        _ make: @escaping @Sendable () -> [EventfulService]
    ) -> ServiceDefinition {
        ServiceDefinition.test(store: StoreDefinition(migrations: [])) { environment in
            var assembly = ServiceAssembly()
            assembly.services = make()
            assembly.readiness = readiness
            return assembly
        }
    }

    @Test("services start in order and stop in reverse, and the process ends well", arguments: [15, 2] as [Int32])
    func order(signal: Int32) async throws {
        try await withTemporaryDirectory { folder in
            let events = Events()
            let process = TestProcess(folder)
            let definition = definition(events) {
                ["first", "second"].map { EventfulService(name: $0, tell: events.add) }
            }
            async let code = process.run(definition)
            try await process.logs("answering calls")
            try await events.has("first runs")
            try await events.has("second runs")
            process.send(signal)
            #expect(await code == .success)
            #expect(events.all.filter { $0.hasSuffix("stops") } == ["second stops", "first stops"])
            let order = ["asked to stop", "stopping", "waiting for open calls", "stopped"]
            let sentences = process.logLines.compactMap { line in order.first { line.contains(" \($0)") } }
            #expect(sentences == order, "\(process.logLines)")
        }
    }

    @Test("the store can be opened by another process as soon as this one has ended")
    func storeIsClosed() async throws {
        try await withTemporaryDirectory { folder in
            for _ in 0..<2 {
                let process = TestProcess(folder)
                async let code = process.run(.test(store: StoreDefinition(migrations: [])))
                try await process.logs("answering calls")
                process.send()
                #expect(await code == .success)
            }
        }
    }

    @Test("a second signal breaks off what does not stop, and the exit code says so")
    func secondSignal() async throws {
        try await withTemporaryDirectory { folder in
            let events = Events()
            let process = TestProcess(folder)
            async let code = process.run(
                definition(events) {
                    [EventfulService(name: "stubborn", tell: events.add, ignoresStop: true)]
                })
            try await events.has("stubborn runs")
            process.send()
            try await process.logs("asked to stop")
            process.send()
            #expect(await code == .stoppedEarly)
            #expect(events.all == ["stubborn runs", "stubborn was cancelled"])
        }
    }

    @Test("the end of the drain time breaks off what does not stop")
    func drainTime() async throws {
        try await withTemporaryDirectory { folder in
            let events = Events()
            let process = TestProcess(folder)
            async let code = process.run(
                definition(events) {
                    [EventfulService(name: "stubborn", tell: events.add, ignoresStop: true)]
                }, ["--drain-time", "7s"])
            try await events.has("stubborn runs")
            process.send()
            try await poll(until: "the drain timer") { process.clock.pendingSleeps.contains(.seconds(7)) }
            process.clock.advance(by: .seconds(7))
            #expect(await code == .stoppedEarly)
            #expect(process.errors.isEmpty)
        }
    }

    @Test("what heeds nothing at all is left behind when its time is over")
    func stuck() async throws {
        try await withTemporaryDirectory { folder in
            let process = TestProcess(folder)
            let release = Events()
            async let code = process.run(
                .test { _ in
                    var assembly = ServiceAssembly()
                    assembly.services = [StuckService(until: release)]
                    return assembly
                })
            try await process.logs("answering calls")
            process.send()
            process.send()
            try await poll(until: "the last timer") {
                process.clock.pendingSleeps.contains(OrderlyRun.cancellationTime)
            }
            process.clock.advance(by: OrderlyRun.cancellationTime)
            try await poll(until: "the end without it") { process.ended.withLock { $0 } == .stoppedEarly }
            release.add("go")
            #expect(await code == .stoppedEarly)
        }
    }

    @Test("a run that is cancelled ends, though no signal came")
    func cancelled() async throws {
        try await withTemporaryDirectory { folder in
            let events = Events()
            let process = TestProcess(folder)
            let ended = Mutex<ExitCode?>(nil)
            let running = Task {
                let code = await process.run(
                    definition(events) { [EventfulService(name: "one", tell: events.add)] })
                ended.withLock { $0 = code }
            }
            try await events.has("one runs")
            running.cancel()
            try await poll(until: "the end") { ended.withLock { $0 } == .stoppedEarly }
            #expect(events.all == ["one runs", "one was cancelled"])
        }
    }

    @Test("a service that fails stops the others in order, and its error is the process's")
    func failure() async throws {
        try await withTemporaryDirectory { folder in
            let events = Events()
            let process = TestProcess(folder)
            let code = await process.run(
                definition(events) {
                    [
                        EventfulService(name: "good", tell: events.add),
                        EventfulService(
                            name: "bad", tell: events.add, failure: StartFailure(.inputOutput, "the disk is gone")),
                    ]
                })
            #expect(code == .inputOutput)
            #expect(process.errors == "olp-test-service: the disk is gone")
            #expect(events.all.contains("good stops"))
        }
    }

    @Test("an assembly that fails ends the process before it answers anything")
    func assemblyFails() async throws {
        try await withTemporaryDirectory { folder in
            let process = TestProcess(folder)
            let code = await process.run(.test(store: StoreDefinition(migrations: [])) { _ in throw Broken() })
            #expect(code == .internal)
            #expect(!process.logLines.contains { $0.contains("answering calls") })
        }
    }

    @Test("a probe sees ready, then the check that fails, then ready again")
    func readiness() async throws {
        try await withTemporaryDirectory { folder in
            let trouble = Events()
            let process = TestProcess(folder)
            async let code = process.run(
                definition(
                    Events(),
                    readiness: [
                        ReadinessCheck("peer") { trouble.all.count % 2 == 1 ? "it is away" : nil }
                    ]
                ) { [] })
            try await process.logs("serving probes")
            let port = try #require(process.adminPort)
            try await poll(until: "ready") { try await probe(port, "/readyz") == "200 ready\n" }
            trouble.add("away")
            try await process.nextRound()
            try await poll(until: "not ready") {
                try await probe(port, "/readyz") == "503 not ready\npeer: it is away\n"
            }
            #expect(try await probe(port, "/livez") == "200 alive\n")
            #expect(try await probe(port, "/version") == "200 olp-test-service \(Release.version)\n")
            #expect(try await probe(port, "/metrics").contains("olp_store_waiting{operation=\"write\"} 0"))
            trouble.add("back")
            try await process.nextRound()
            try await poll(until: "ready again") { try await probe(port, "/readyz") == "200 ready\n" }
            process.send()
            #expect(await code == .success)
        }
    }
}

/// Does not end before it is let go, whatever is asked of it.
private struct StuckService: Service {
    let until: Events

    func run() async throws {
        await Task.detached { try? await until.has("go") }.value
    }
}

extension TestProcess {
    /// The port of the admin server, from the log.
    var adminPort: Int? {
        logLines.lazy.compactMap { line in
            line.firstRange(of: "admin.address=127.0.0.1:").flatMap {
                Int(line[$0.upperBound...].prefix { $0.isNumber })
            }
        }.first
    }

    /// Lets the readiness monitor look again.
    func nextRound() async throws {
        try await poll(until: "the monitor's pause") { clock.pendingSleeps.contains(ReadinessMonitor.interval) }
        clock.advance(by: ReadinessMonitor.interval)
    }
}
