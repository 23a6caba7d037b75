import Foundation
import HTTPClient
import TestSupport
import Testing

@Suite("olp scale and olp restart")
struct ScaleTests {
    @Test("gateways come and go, each on a port of its own, and the others' commands know them")
    func gateways() async throws {
        try await RunningSuite.with(["--replicas", "gateway=2"]) { suite in
            #expect(suite.replicas(of: "gateway") == ["gateway-1", "gateway-2"])
            let up = try await suite.olp("scale", "gateway=3", "--json")
            #expect(up.status == .exited(0), "\(up)")
            #expect(up.output == "{\"gateway\":[\"gateway-1\",\"gateway-2\",\"gateway-3\"]}\n")
            #expect(up.error.contains("gateway-3 is being started …\ngateway-3 takes calls after "))
            for number in 0..<3 {
                let origin = HTTPOrigin(host: "127.0.0.1", port: suite.port + number)
                let reply = try await HTTPConnection.with(origin) { connection in
                    try await connection.send(
                        HTTPRequest("GET", "/v1/partners", fields: [("Authorization", "Bearer \(try suite.token)")]))
                }
                #expect(reply.status == 200, "one token opens every gateway")
            }
            let status = try await suite.olp("status")
            #expect(status.status == .exited(0) && status.output.contains("gateway-3         ready"), "\(status)")
            let health = try await suite.olp("health", "gateway")
            #expect(health.status == .exited(0) && health.output.contains("gateway-2"), "\(health)")
            let down = try await suite.olp("scale", "gateway=1")
            #expect(down.status == .exited(0) && down.output == "gateway: gateway-1\n", "\(down)")
            #expect(try await suite.send("GET", "/v1/partners").status == 200)
        }
    }

    @Test("a second process on a file is refused with what to do; a restart loses no call, as callers wait")
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
