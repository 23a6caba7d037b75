import Contracts
import Foundation
import RPC
import RPCInProcess
import Synchronization
import TestSupport
import Testing

@testable import OperatorCommands

@Suite("What olp health asks and tells")
struct HealthTests {
    private let state = SuiteState(
        pid: 1, startedAt: Date(timeIntervalSince1970: 0), url: "http://127.0.0.1:8080", tokenFile: "/t",
        services: ["partnership", "enrolment", "gateway"].map {
            .init(
                name: $0, endpoint: $0 == "gateway" ? nil : "ipc:///run/\($0)", adminPort: 1, pid: 1, phase: .ready,
                restarts: 0, log: "/l")
        })

    /// A process with these answers to Check; it knows List only if `lists`.
    private static func channel(
        _ statuses: [String: HealthV1.HealthCheckResponse.ServingStatus], lists: Bool = true
    ) -> any Channel {
        var router = Router()
        router.unary(HealthMethods.check) { (request: HealthV1.HealthCheckRequest, _) in
            guard let status = statuses[request.service] else { throw RPCError(.notFound, "no such service") }
            return HealthV1.HealthCheckResponse(status: status)
        }
        if lists {
            router.unary(HealthMethods.list) { (_: HealthV1.HealthListRequest, _) in
                HealthV1.HealthListResponse(statuses: statuses.mapValues { .init(status: $0) })
            }
        }
        return InProcessChannel(to: RPCServer(router: router))
    }

    private static func probe(_ channel: any Channel) -> HealthProbe {
        HealthProbe("partnership", channel, timeout: .seconds(3600))
    }

    @Test("without names every process that takes calls is asked for all; names choose processes and services")
    func targets() throws {
        let all = try HealthTargets(state, words: [])
        #expect(all.processes.map(\.name) == ["partnership", "enrolment"])
        #expect(all.processes.allSatisfy { $0.services.isEmpty })
        let some = try HealthTargets(state, words: ["Partners", "olp.partnership.v1.Schools", "enrolment"])
        #expect(
            some.processes.map(\.services) == [["olp.partnership.v1.Partners", "olp.partnership.v1.Schools"], []])
        let everybodys = try HealthTargets(state, words: ["Health"])
        #expect(everybodys.processes.map(\.services) == [["grpc.health.v1.Health"], ["grpc.health.v1.Health"]])
        let failure = try #require(throws: Failure.self) { try HealthTargets(state, words: ["Nobody"]) }
        #expect(failure.exit == .usage && failure.message == "there is no process or service \"Nobody\"")
        let elsewhere = HealthTargets(endpoint: "tcp://a:1", words: ["s.S"])
        #expect(elsewhere.processes == [.init(name: "tcp://a:1", endpoint: "tcp://a:1", services: ["s.S"])])
    }

    @Test("a process that serves in all is one row, and the exit code 0")
    func serving() async {
        let lines = await Self.probe(Self.channel(["": .serving, "a.B": .serving])).lines(of: [])
        let report = HealthReport(lines)
        #expect(report.rows(isDetailed: false) == ["             STATUS   SERVICES", "partnership  SERVING  1"])
        #expect(report.failure == nil)
    }

    @Test("what does not serve is shown by service, and the exit code is 1")
    func notServing() async throws {
        let lines = await Self.probe(Self.channel(["": .serving, "a.B": .notServing])).lines(of: [])
        let report = HealthReport(lines)
        #expect(
            report.rows(isDetailed: false) == [
                "             STATUS       SERVICES", "partnership  SERVING      the process",
                "partnership  NOT_SERVING  a.B",
            ])
        let failure = try #require(report.failure)
        #expect(failure.exit.code == 1 && failure.message == "a.B of partnership is NOT_SERVING")
        #expect(report.json.hasPrefix("{\"serves\":false,\"services\":["))
    }

    @Test("named services are checked one by one, an unknown one is told by its status")
    func named() async {
        let lines = await Self.probe(Self.channel(["a.B": .serving])).lines(of: ["a.B", "x.Y"])
        #expect(lines.map(\.status) == ["SERVING", "NOT_FOUND"])
        #expect(lines[1].reason == "no such service")
    }

    @Test("a process without a list is asked for itself")
    func withoutList() async {
        let lines = await Self.probe(Self.channel(["": .serving], lists: false)).lines(of: [])
        #expect(lines == [HealthLine(process: "partnership", service: "", status: "SERVING")])
    }

    @Test("a watch tells each change, says when it broke off and comes back")
    func watch() async throws {
        let clock = ManualClock()
        let rounds = Mutex(0)
        var router = Router()
        router.serverStreaming(HealthMethods.watch) {
            (_: HealthV1.HealthCheckRequest, writer: ResponseWriter<HealthV1.HealthCheckResponse>, _) in
            let round = rounds.withLock { rounds in
                rounds += 1
                return rounds
            }
            if round == 2 { throw RPCError(.unimplemented, "no more") }
            for status in [HealthV1.HealthCheckResponse.ServingStatus.serving, .serving, .notServing] {
                try await writer.write(.init(status: status))
            }
            throw RPCError(.unavailable, "away")
        }
        let told = Mutex<[String]>([])
        let probe = HealthProbe(
            "p", InProcessChannel(to: RPCServer(router: router)), timeout: .seconds(1), clock: clock)
        async let watching: Void = probe.watch("") { line in told.withLock { $0.append(line.status) } }
        await clock.sleepers(1)
        clock.advance(by: .seconds(1))
        await watching
        #expect(told.withLock { $0 } == ["SERVING", "NOT_SERVING", "UNAVAILABLE", "UNIMPLEMENTED"])
    }
}
