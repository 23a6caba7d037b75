import ChildProcess
import Foundation
import HTTPClient
import SuiteSupport
import TestSupport
import Testing

@Suite("olp scale and olp restart")
struct ScaleTests {
    private static let database = "olp"

    /// Runs `body` with a suite on a PostgreSQL of its own.
    private static func withSuite(
        _ arguments: [String], _ body: (RunningSuite, PostgresCluster) async throws -> Void
    ) async throws {
        let cluster = try await PostgresCluster.start()
        try await cluster.execute("CREATE DATABASE \(database)")
        let address = cluster.url(database: database)
        try await RunningSuite.with(arguments, environment: ["OLP_DATABASE": address]) { suite in
            try await body(suite, cluster)
        }
    }

    private static func succeeded(_ outcome: Program.Outcome) {
        #expect(outcome.status == .exited(0), "\(outcome)")
    }

    @Test("three replicas become one and two, and are restarted, under load: no call fails, no write is lost",
          .enabled(if: PostgresPrograms.areWanted))
    func underLoad() async throws {
        try await Self.withSuite(["--replicas", "enrolment=3,gateway=2"]) { suite, cluster in
            #expect(suite.replicas(of: "enrolment") == ["enrolment-1", "enrolment-2", "enrolment-3"])
            let load = SteadyLoad(suite)
            try await load.during {
                try await load.calls(more: 100)
                Self.succeeded(try await suite.olp("scale", "enrolment=1"))
                #expect(suite.replicas(of: "enrolment") == ["enrolment-1"])
                try await load.calls(more: 100)
                let up = try await suite.olp("scale", "enrolment=2")
                Self.succeeded(up)
                #expect(up.output == "enrolment: enrolment-1, enrolment-2\n")
                #expect(up.error.contains("enrolment-2 is being started …\nenrolment-2 takes calls after "))
                try await load.calls(more: 100)
                Self.succeeded(try await suite.olp("restart", "enrolment"))
                try await load.calls(more: 100)
            }
            #expect(load.failures.isEmpty)
            let kept = try await cluster.execute("SELECT COUNT(*) FROM enrolment.candidates", database: Self.database)
            #expect(kept == "\(load.writes)")
            Self.succeeded(try await suite.olp("check"))
        }
    }

    @Test("each replica is known by its name, dies alone and comes back alone; the password is seen nowhere",
          .enabled(if: PostgresPrograms.areWanted))
    func replicas() async throws {
        try await Self.withSuite(["--replicas", "enrolment=2,gateway=2"]) { suite, _ in
            let state = try #require(suite.state)
            for service in state.services {
                let words = try String(contentsOfFile: "/proc/\(service.pid ?? 0)/cmdline", encoding: .utf8)
                #expect(words.contains("olp-\(service.service)") && !words.contains(PostgresCluster.password))
                #expect(!suite.log(service.name).contains(PostgresCluster.password))
            }
            #expect(try !suite.folder.read("data/suite.json").contains(PostgresCluster.password))
            #expect(!suite.log("up").contains(PostgresCluster.password))

            let before = state.services.map(\.pid)
            let pid = try await suite.killService("enrolment-2")
            try await suite.waitForRestart(of: "enrolment-2", after: pid)
            let after = try #require(suite.state).services
            #expect(zip(after, before).filter { $0.pid != $1 }.map(\.0.name) == ["enrolment-2"])
            #expect(after.filter { $0.restarts > 0 }.map(\.name) == ["enrolment-2"])

            try await poll(until: "all to be well", timeout: RunningSuite.patience) {
                try await suite.olp("status").status == .exited(0)
            }
            #expect(try await suite.olp("status").output.contains("stores in postgresql://app@127.0.0.1:"))
            let health = try await suite.olp("health", "enrolment")
            #expect(health.output.contains("enrolment-1") && health.output.contains("enrolment-2"), "\(health)")
            let top = try await suite.olp("top", "--once", "--interval", "0.2", "--json")
            #expect(top.output.contains(#""replicas":2,"service":"enrolment""#), "\(top)")
            Self.succeeded(try await suite.olp("call", "enrolment-2", "Feed/GetFeedPosition"))
        }
    }

    @Test("gateways come and go, each on a port of its own, and have tokens and the audit in common",
          .enabled(if: PostgresPrograms.areWanted))
    func gateways() async throws {
        try await Self.withSuite(["--replicas", "gateway=2"]) { suite, _ in
            let up = try await suite.olp("scale", "gateway=3", "--json")
            Self.succeeded(up)
            #expect(up.output == "{\"gateway\":[\"gateway-1\",\"gateway-2\",\"gateway-3\"]}\n")
            func ask(_ number: Int, _ token: String) async throws -> Int {
                try await HTTPConnection.with(HTTPOrigin(host: "127.0.0.1", port: suite.port + number - 1)) { connection in
                    try await connection.send(
                        HTTPRequest("GET", "/v1/partners", fields: [("Authorization", "Bearer \(token)")]))
                }.status
            }
            let made = try await suite.olp("tokens", "make", "a reader")
            Self.succeeded(made)
            let token = made.output.trimmingCharacters(in: .whitespacesAndNewlines)
            for number in 1...3 {
                #expect(try await ask(number, suite.token) == 200)
                #expect(try await ask(number, token) == 200)
            }
            let list = try await suite.olp("tokens", "list")
            #expect(list.output.contains("a reader") && !list.output.contains(token), "\(list)")
            let id = try #require(list.output.split(separator: "\n").last?.split(separator: " ").first.map(String.init))
            Self.succeeded(try await suite.olp("tokens", "revoke", id))
            try await poll(until: "the third gateway to refuse it") { try await ask(3, token) == 401 }
            let audit = try await suite.olp("call", "gateway", "GET", "/v1/audit")
            #expect(audit.output.contains("/v1/tokens/\(id):revoke"), "\(audit)")

            let down = try await suite.olp("scale", "gateway=1")
            Self.succeeded(down)
            #expect(down.output == "gateway: gateway-1\n")
            #expect(try await suite.send("GET", "/v1/partners").status == 200)
        }
    }

    @Test("on files of SQLite a second process is refused with what to do, and a restart brings the one back")
    func onFiles() async throws {
        try await RunningSuite.with { suite in
            let refused = try await suite.olp("scale", "enrolment=2")
            #expect(refused.status == .exited(1), "\(refused)")
            #expect(refused.error.contains("one process has for itself") && refused.error.contains("olp up --database"))
            let unknown = try await suite.olp("scale", "enrolmint=2")
            #expect(unknown.status == .exited(64), "\(unknown)")

            let before = suite.service("enrolment")?.pid
            let restarted = try await suite.olp("restart", "enrolment")
            #expect(restarted.status == .exited(0) && restarted.output == "enrolment: enrolment\n", "\(restarted)")
            let after = try #require(suite.service("enrolment"))
            #expect(after.pid != before && after.phase == "ready" && after.restarts == 0)
            #expect(try await suite.send("GET", "/v1/candidates").status == 200)
        }
    }
}
