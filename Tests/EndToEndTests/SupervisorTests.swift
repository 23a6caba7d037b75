import ChildProcess
import Foundation
import Glibc
import HTTPClient
import SuiteSupport
import TestSupport
import Testing

@Suite("olp up")
struct SupervisorTests {
    @Test("starts five processes, tells who they are, and stops them all")
    func wholeLife() async throws {
        let folder = try TemporaryDirectory()
        let suite = try await RunningSuite.start(in: folder)
        #expect(
            suite.state?.services.map(\.name)
                == ["partnership", "enrolment", "training-events", "diagnostics", "gateway"])
        let banner = suite.log("up")
        #expect(banner.contains("http://127.0.0.1:\(suite.port)"))
        let token = try suite.token
        #expect(banner.contains(token), "the token is shown the first time")
        #expect(banner.contains("curl "))

        let status = try await suite.olp("status")
        #expect(status.status == .exited(0), "\(status)")
        #expect(status.output.contains("training-events  ready"))

        let pids = suite.state?.services.compactMap(\.pid) ?? []
        #expect(pids.count == 5)
        #expect(try await suite.stop() == .exited(0))
        #expect(pids.allSatisfy { kill($0, 0) != 0 })
        #expect(try await suite.olp("status").status == .exited(3))

        // The second time on the same data the token is the same and is not shown.
        let again = try await RunningSuite.start(in: folder)
        let sameToken = try again.token
        #expect(sameToken == token)
        #expect(!again.log("up").contains(token))
        #expect(try await again.stop() == .exited(0))
    }

    @Test("starts a process that dies again, and says so")
    func restart() async throws {
        try await RunningSuite.with { suite in
            for name in ["partnership", "gateway"] {
                let pid = try await suite.killService(name)
                try await suite.waitForRestart(of: name, after: pid)
                #expect(suite.log("up").contains("\(name) ended by itself (signal 9); starting it again in 0."))
                #expect(suite.service(name)?.restarts == 1)
            }
            #expect(try await suite.send("GET", "/v1/schools").status == 200)
        }
    }

    @Test("refuses a second suite on the same data, saying who runs the first")
    func second() async throws {
        try await RunningSuite.with { suite in
            let pid = try #require(suite.state?.pid)
            let port = try freePort()
            let outcome = try await suite.olp("up", "--port", "\(port)")
            #expect(outcome.status == .exited(1))
            #expect(outcome.error.contains("a suite already runs on data: process \(pid), since "))
            #expect(outcome.error.contains("olp down --data data"))
        }
    }

    @Test("says that a port is in use before it starts anything")
    func portInUse() async throws {
        try await RunningSuite.with { suite in
            let outcome = try await suite.olp("up", "--data", "other", "--port", "\(suite.port)")
            #expect(outcome.status == .exited(1))
            #expect(outcome.error.contains("127.0.0.1:\(suite.port) cannot be listened on"))
            #expect(outcome.error.contains("--port N"))
        }
    }

    @Test("leaves the suite running with --detach, for olp down to stop")
    func detached() async throws {
        try await withTemporaryDirectory { folder in
            let olp = try Project.executable("olp")
            func run(_ arguments: String...) async throws -> Program.Outcome {
                try await Program.run(
                    olp, arguments, environment: ["OLP_DATA": folder.file("data")], timeout: RunningSuite.patience)
            }
            let port = try freePort()
            let up = try await run("up", "--detach", "--port", "\(port)")
            #expect(up.status == .exited(0), "\(up)")
            #expect(up.output.contains("Stop it with:"))
            let status = try await run("status", "--json")
            #expect(status.status == .exited(0), "\(status)")
            #expect(status.output.contains("\"state\":\"ready\""))
            let down = try await run("down")
            #expect(down.status == .exited(0), "\(down)")
            #expect(try await run("down").status == .exited(3))
        }
    }

    @Test("leaves no process behind when it is killed, and starts again on the same data")
    func supervisorKilled() async throws {
        let folder = try TemporaryDirectory()
        let suite = try await RunningSuite.start(in: folder)
        let pids = suite.state?.services.compactMap(\.pid) ?? []
        await suite.killSupervisor()
        try await poll(until: "the services to notice", timeout: RunningSuite.patience) {
            pids.allSatisfy { kill($0, 0) != 0 }
        }
        let again = try await RunningSuite.start(in: folder)
        #expect(try await again.send("GET", "/v1/partners").status == 200)
        #expect(try await again.stop() == .exited(0))
    }
}
