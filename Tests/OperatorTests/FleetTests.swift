import ChildProcess
import Contracts
import Foundation
import OperatorCommands
import RPC
import RPCInProcess
import Synchronization
import TestSupport
import Testing

@Suite("Scaling a suite while it runs")
struct FleetTests {
    /// A suite whose processes only sleep, asked as `olp scale` asks it.
    private struct Harness: Sendable {
        let plan: SuitePlan
        let recorder: SuiteRecorder
        let client: ReplicasClient
        let folder: TemporaryDirectory
        /// Names of processes that never get ready.
        let broken: Flagged

        var names: [String] { recorder.current.services.map(\.name) }

        func list(_ service: String) throws -> [String] {
            try folder.read("olp-run/peers/\(service)").split(separator: "\n").map { line in
                String(line.split(separator: "/").last?.dropLast(".rpc".count) ?? "")
            }
        }

        func scale(_ service: String, _ count: Int) async throws -> [String] {
            try await steps(client.scale(.init(services: [.init(service: service, replicas: UInt32(count))])))
        }

        func steps(_ stream: ResponseStream<SuiteV1.ReplicaStep>) async throws -> [String] {
            var steps: [String] = []
            while let step = try await stream.next() { steps.append("\(step.process) \(step.phase.name)") }
            return steps
        }
    }

    final class Flagged: Sendable {
        private let names = Mutex<Set<String>>([])
        func add(_ name: String) { names.withLock { _ = $0.insert(name) } }
        func contains(_ name: String) -> Bool { names.withLock { $0.contains(name) } }
    }

    /// Runs `body` with a suite on a database that nobody asks, of one process each but for these counts.
    private func withSuite(
        _ counts: [String] = [], database: String? = "postgres://h/olp", script: String = "exec sleep 1000",
        _ body: @escaping @Sendable (Harness) async throws -> Void
    ) async throws {
        try await withTemporaryDirectory { folder in
            for service in SuitePlan.all {
                let path = try folder.write("#!/bin/sh\n\(script)\n", to: SuitePlan.executableName(service))
                try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: path)
            }
            let surroundings = Surroundings(
                environment: ["XDG_RUNTIME_DIR": folder.path], workingDirectory: folder.path, userID: 0, userName: "pat",
                executable: "/usr/bin/olp")
            let suite = SuiteFolder(path: folder.file("data"), surroundings: surroundings)
            let plan = SuitePlan(
                folder: suite, host: "127.0.0.1", port: 8080, executables: folder.path, logLevel: nil, environment: [:],
                counts: try ReplicaCounts(counts), database: try database.map(SuiteDatabase.init))
            for path in [suite.logs, folder.file("olp-run/peers")] {
                try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            }
            let heard = Heard()
            let broken = Flagged()
            let recorder = SuiteRecorder(SuiteState(plan), path: suite.state, console: heard.console)
            let makeKeeper: @Sendable (ServicePlan) -> Keeper = { process in
                Keeper(
                    process, choosePort: { () throws(Failure) in 1 }, isReady: { _ in !broken.contains(process.name) },
                    tell: recorder.tell)
            }
            let supervisor = Supervisor(plan.processes.map(makeKeeper))
            let peers = PeerLists(folder: folder.file("olp-run/peers"))
            for process in plan.processes { try peers.add(process.endpoint ?? "", to: process.replica.service) }
            let fleet = Fleet(plan: plan, supervisor: supervisor, recorder: recorder, peers: peers, makeKeeper: makeKeeper)
            var router = Router()
            ReplicasService(fleet: fleet).register(with: &router)
            let harness = Harness(
                plan: plan, recorder: recorder,
                client: ReplicasClient(InProcessChannel(to: RPCServer(router: router))), folder: folder, broken: broken)
            let (stop, stopping) = AsyncStream.makeStream(of: Void.self)
            try await withThrowingTaskGroup { group in
                group.addTask { try await supervisor.run { for await _ in stop {} } }
                defer { stopping.finish() }
                try await poll(until: "the suite's start") { recorder.current.isReady }
                try await body(harness)
                stopping.finish()
                try await group.waitForAll()
            }
            #expect(recorder.current.services.allSatisfy { $0.phase == .stopped }, "nothing is left behind")
        }
    }

    @Test("new ones are in the list once they are ready, and those that go leave it before they stop")
    func upAndDown() async throws {
        try await withSuite(["enrolment=2"]) { suite in
            let steps = try await suite.scale("enrolment", 4)
            #expect(
                steps == [
                    "enrolment-3 REPLICA_PHASE_STARTING", "enrolment-3 REPLICA_PHASE_READY",
                    "enrolment-4 REPLICA_PHASE_STARTING", "enrolment-4 REPLICA_PHASE_READY",
                ])
            #expect(try suite.list("enrolment") == ["enrolment-1", "enrolment-2", "enrolment-3", "enrolment-4"])
            let all = ["partnership"] + (1...4).map { "enrolment-\($0)" } + ["training-events", "diagnostics", "gateway"]
            #expect(suite.names == all)
            #expect(suite.recorder.current.isReady)
            let pids = suite.recorder.current.services.map(\.pid)
            #expect(try await suite.scale("enrolment", 4) == [], "there are as many already")
            #expect(
                try await suite.scale("enrolment", 1) == [4, 3, 2].flatMap {
                    ["enrolment-\($0) REPLICA_PHASE_DRAINING", "enrolment-\($0) REPLICA_PHASE_STOPPED"]
                })
            #expect(try suite.list("enrolment") == ["enrolment-1"])
            #expect(suite.names == ["partnership", "enrolment-1", "training-events", "diagnostics", "gateway"])
            #expect(suite.recorder.current.services[1].pid == pids[1], "the first was left alone")
            #expect(try await suite.scale("gateway", 2).last == "gateway-2 REPLICA_PHASE_READY")
            #expect(suite.recorder.current.service("gateway-2")?.url == "http://127.0.0.1:8081")
        }
    }

    @Test("one that does not get ready is gone again, and the suite runs on")
    func brokenReplica() async throws {
        try await withSuite(script: "case \"$*\" in *enrolment-2*) echo no such schema >&2; exit 69;; esac; exec sleep 1000") {
            suite in
            suite.broken.add("enrolment-2")
            let error = await #expect(throws: RPCError.self) { try await suite.scale("enrolment", 3) }
            #expect(error?.code == .unavailable)
            #expect(error?.message.contains("enrolment-2 did not start: exit code 69") == true)
            #expect(error?.message.contains("no such schema") == true)
            #expect(suite.names == SuitePlan.all && suite.recorder.current.isReady)
            let list = try suite.list("enrolment")
            #expect(list == ["enrolment"])
        }
    }

    @Test("a change that is cancelled takes back the process that was not ready yet")
    func cancelled() async throws {
        try await withSuite { suite in
            suite.broken.add("enrolment-3")
            let change = Task { try await suite.scale("enrolment", 4) }
            try await poll(until: "the third to be started") { suite.recorder.current.service("enrolment-3")?.pid != nil }
            let second = await #expect(throws: RPCError.self) { try await suite.scale("gateway", 2) }
            #expect(second?.code == .aborted)
            change.cancel()
            let first = await #expect(throws: RPCError.self) { try await change.value }
            #expect(first?.code == .cancelled)
            try await poll(until: "the third to be gone") { suite.recorder.current.service("enrolment-3") == nil }
            #expect(suite.recorder.current.replicas(of: "enrolment").map(\.name) == ["enrolment", "enrolment-2"])
            #expect(try suite.list("enrolment") == ["enrolment", "enrolment-2"])
            // The next one is served as soon as that is done.
            try await poll(until: "another change") {
                do throws(RPCError) {
                    for service in ["gateway"] { try await scaleOnce(suite, service, 2) }
                    return true
                } catch {
                    return error.code != .aborted
                }
            }
            #expect(suite.recorder.current.replicas(of: "gateway").count == 2)
        }
    }

    private func scaleOnce(_ suite: Harness, _ service: String, _ count: UInt32) async throws(RPCError) {
        let steps = suite.client.scale(.init(services: [.init(service: service, replicas: count)]))
        while try await steps.next() != nil {}
    }

    @Test("a restart takes one after the other, and gives company to one that is alone")
    func restart() async throws {
        try await withSuite(["enrolment=2"]) { suite in
            let before = suite.recorder.current
            let two = try await suite.steps(suite.client.restart(.init(services: ["enrolment"])))
            #expect(
                two == [1, 2].flatMap { number in
                    ["DRAINING", "STOPPED", "STARTING", "READY"].map { "enrolment-\(number) REPLICA_PHASE_\($0)" }
                })
            for name in ["enrolment-1", "enrolment-2"] {
                #expect(suite.recorder.current.service(name)?.pid != before.service(name)?.pid)
            }
            #expect(try suite.list("enrolment").sorted() == ["enrolment-1", "enrolment-2"])
            let one = try await suite.steps(suite.client.restart(.init(services: ["diagnostics"])))
            #expect(one.first == "diagnostics-2 REPLICA_PHASE_STARTING" && one.last == "diagnostics-2 REPLICA_PHASE_STOPPED")
            #expect(suite.recorder.current.service("diagnostics")?.pid != before.service("diagnostics")?.pid)
            #expect(try suite.list("diagnostics") == ["diagnostics"])
            #expect(suite.names == before.services.map(\.name))
        }
    }

    @Test("on files of SQLite nothing gets company: scaling says what to do, a restart keeps the one in the list")
    func onFiles() async throws {
        try await withSuite(database: nil) { suite in
            let error = await #expect(throws: RPCError.self) { try await suite.scale("enrolment", 2) }
            #expect(error?.code == .failedPrecondition && error?.message.contains("--database") == true)
            let steps = try await suite.steps(suite.client.restart(.init(services: ["enrolment"])))
            #expect(steps == ["DRAINING", "STOPPED", "STARTING", "READY"].map { "enrolment REPLICA_PHASE_\($0)" })
            #expect(try suite.list("enrolment") == ["enrolment"])
        }
    }
}
