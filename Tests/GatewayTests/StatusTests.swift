import Contracts
import HTTPClient
import RPC
import RPCInProcess
import ServiceKit
import TestSupport
import Testing

@testable import GatewayService

@Suite("The state of the services, as the gateway sees it")
struct StatusTests {
    /// A process that says of its health what the test wants.
    private static func channel(_ answer: @escaping @Sendable () async throws -> HealthV1.HealthCheckResponse) -> any Channel {
        var router = Router()
        router.unary(HealthMethods.check) { (_: HealthV1.HealthCheckRequest, _) in try await answer() }
        return InProcessChannel(to: RPCServer(router: router))
    }

    @Test("each service is asked, and one that hangs holds nobody up")
    func states() async throws {
        try await Harness.run(channels: { service in
            switch service {
            case .partnership: Self.channel { .init(status: .serving) }
            case .enrolment: Self.channel { .init(status: .notServing) }
            case .trainingEvents: Self.channel { throw RPCError(.unavailable, "ipc:///secret") }
            case .diagnostics:
                Self.channel {
                    let (never, _) = AsyncStream.makeStream(of: Void.self)
                    await Task { await never.first { _ in true } }.value
                    return .init()
                }
            }
        }) { gateway in
            let reply = try await gateway.send("GET", "/v1/status", adding: [])
            #expect(reply.status == 200)
            #expect(
                reply.text == #"{"status":"DEGRADED","version":"\#(Release.version)","services":["#
                    + #"{"name":"diagnostics","status":"DEADLINE_EXCEEDED"},{"name":"enrolment","status":"NOT_SERVING"},"#
                    + #"{"name":"partnership","status":"SERVING"},{"name":"training-events","status":"UNAVAILABLE"}]}"#)
            // The gateway itself serves, and says so to whoever sends it requests.
            #expect(try await gateway.send("GET", "/readyz", []).status == 200)
            #expect(try await gateway.send("GET", "/v1/status", []).outcome == "401 UNAUTHENTICATED")
        }
    }

    @Test("all is well when all serve")
    func well() async throws {
        try await Harness.run(channels: { _ in Self.channel { .init(status: .serving) } }) { gateway async throws in
            #expect(try await gateway.send("GET", "/v1/status", adding: []).text.hasPrefix(#"{"status":"OK""#))
        }
    }
}
