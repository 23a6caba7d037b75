import Contracts
import Logging
import RPC
import RPCInProcess
import Storage
import Synchronization
import TestSupport
import Testing
import Wire

@testable import ServiceKit

@Suite("What callers are told of errors")
struct ErrorMappingTests {
    private struct Unforeseen: Error, CustomStringConvertible {
        let description = "secret cause"
    }

    /// A server whose health check throws what the test gives it, behind the interceptors that every service has.
    private func answer(
        throwing error: any Error, log: LogCapture = LogCapture(), metrics: MetricsRegistry = MetricsRegistry()
    ) async -> RPCError? {
        var router = Router()
        router.unary(FeedbackMethod.descriptor) { (_: HealthV1.HealthCheckRequest, _) -> HealthV1.HealthCheckResponse in
            throw error
        }
        let server = StandardServices.server(
            router, store: nil, readiness: Readiness(), metrics: metrics, logger: log.logger())
        do throws(RPCError) {
            var metadata = Metadata()
            metadata.add(CallScope.requestIDKey, "r-7")
            let _: HealthV1.HealthCheckResponse = try await InProcessChannel(to: server).unary(
                FeedbackMethod.descriptor, HealthV1.HealthCheckRequest(), CallOptions(metadata: metadata))
            return nil
        } catch {
            return error
        }
    }

    private enum FeedbackMethod {
        static let descriptor = MethodDescriptor(
            service: "test.Feedback", method: "Fail", kind: .unary, idempotency: .noSideEffects)
    }

    @Test(
        "each error of the store has its status",
        arguments: [
            (StoreError.Code.busy, StatusCode.unavailable, "STORE_BUSY"),
            (.unavailable, .unavailable, "STORE_UNAVAILABLE"), (.unreachable, .unavailable, "STORE_UNAVAILABLE"),
            (.cancelled, .cancelled, ""),
            (.lockedByOther(holder: "x"), .unavailable, "STORE_UNAVAILABLE"),
            (.staleVersion(current: 9), .aborted, "STALE_VERSION"),
            (.keyReused, .failedPrecondition, "IDEMPOTENCY_KEY_REUSED"),
            (.feedMismatch, .failedPrecondition, "FEED_MISMATCH"),
            (.feedAhead, .failedPrecondition, "FEED_AHEAD"),
            (.badPageToken, .invalidArgument, ""),
            (.constraint(.init(kind: .unique, name: "partners.name")), .internal, ""),
            (.followerMoved, .internal, ""), (.migrationMismatch, .internal, ""), (.newerRelease, .internal, ""),
            (.corrupt, .internal, ""), (.mismatch, .internal, ""), (.internal, .internal, ""),
        ])
    func store(code: StoreError.Code, status: StatusCode, reason: String) async throws {
        let error = try #require(await answer(throwing: StoreError(code, "private words", cause: "secret cause")))
        #expect(error.code == status)
        #expect(StatusDetails.first(GoogleRPC.ErrorInfo.self, in: error)?.reason ?? "" == reason)
        #expect(!error.message.contains("private") && !error.message.contains("secret"))
    }

    @Test("a status that a handler chose goes through as it is")
    func chosen() async throws {
        let error = try #require(await answer(throwing: RPCError.notFound("partner", "p-1")))
        #expect(error.code == .notFound)
        #expect(error.message == "There is no partner p-1.")
        #expect(StatusDetails.first(GoogleRPC.ResourceInfo.self, in: error)?.resourceName == "p-1")
    }

    @Test("an unforeseen error is INTERNAL and bland, and its cause is logged once with the request's id")
    func unforeseen() async throws {
        let log = LogCapture()
        let metrics = MetricsRegistry()
        let error = try #require(await answer(throwing: Unforeseen(), log: log, metrics: metrics))
        #expect(error.code == .internal && error.message == RPCError.blandMessage)
        let lines = log.lines.filter { $0.metadata.values.contains("secret cause") }
        #expect(lines.map(\.level) == [.error])
        #expect(lines.first?.metadata["request.id"] == "r-7")
        #expect(lines.first?.metadata["rpc.status"] == "INTERNAL")
        #expect(
            metrics.text.contains(
                "grpc_server_call_duration_seconds_count{grpc_method=\"test.Feedback/Fail\",grpc_status=\"INTERNAL\"} 1"
            ))
    }

    @Test(
        "what the service did wrong is an error in the log, what the caller did is none", arguments: StatusCode.allCases
    )
    func levels(code: StatusCode) {
        let level = CallObserver.level(of: code, quiet: false)
        switch code {
        case .unknown, .internal, .dataLoss: #expect(level == .error)
        case .unavailable, .deadlineExceeded, .resourceExhausted: #expect(level == .warning)
        default: #expect(level == .info)
        }
    }

    @Test("violations come all at once, by their paths")
    func violations() throws {
        var violations = FieldViolations()
        violations.require(true, "name", "never said")
        #expect(violations.error == nil)
        for number in 0..<150 { violations.add("members[\(number)].urn", "must be above 0", reason: "RANGE") }
        let error = try #require(violations.error)
        #expect(error.code == .invalidArgument)
        #expect(
            error.message == "members[0].urn must be above 0; members[1].urn must be above 0; "
                + "members[2].urn must be above 0; and 147 more.")
        let detail = try #require(StatusDetails.first(GoogleRPC.BadRequest.self, in: error))
        #expect(detail.fieldViolations.count == FieldViolations.maximumListed)
        #expect(
            detail.fieldViolations[1]
                == .init(field: "members[1].urn", description: "must be above 0", reason: "RANGE"))
    }
}
