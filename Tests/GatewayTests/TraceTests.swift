import Contracts
import HTTPClient
import RPC
import RPCInProcess
import ServiceKit
import Synchronization
import TestSupport
import Testing

@testable import GatewayService

@Suite("A trace from the outside through the services")
struct TraceTests {
    @Test(
        "has one id and a span for each hop; what is no trace is replaced",
        arguments: ["00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "00-0af76-b7ad6b71-01"])
    func throughServices(traceparent: String) async throws {
        let heads = Mutex<[String: CallHead]>([:])
        let logs = LogCapture()
        let registers = Self.channel(logs) { router in
            router.unary(SchoolsMethods.getSchool) { (request: PartnershipV1.GetSchoolRequest, context) in
                heads.withLock { $0["second"] = context.head }
                return PartnershipV1.School(urn: request.urn)
            }
        }
        let enrolment = Self.channel(logs) { router in
            router.unary(CandidatesMethods.getCandidate) { (request: EnrolmentV1.GetCandidateRequest, context) in
                heads.withLock { $0["first"] = context.head }
                _ = try await SchoolsClient(registers).getSchool(.init(urn: 100_001))
                return EnrolmentV1.Candidate(id: request.id)
            }
        }
        try await Harness.run(channel: enrolment) { gateway in
            let reply = try await gateway.send(
                "GET", "/v1/candidates/c", adding: [("traceparent", traceparent), ("tracestate", "a=1")])
            #expect(reply.status == 200)
            let first = try #require(heads.withLock { $0["first"] }.flatMap { TraceContext($0.traceparent) })
            let second = try #require(heads.withLock { $0["second"] }.flatMap { TraceContext($0.traceparent) })
            let given = TraceContext(traceparent)
            #expect(first.traceID == second.traceID)
            #expect(Set([first.spanID, second.spanID, given?.spanID]).count == 3)
            if let given { #expect(first.traceID == given.traceID) }
            #expect(heads.withLock { $0["second"]?.tracestate } == (given == nil ? "" : "a=1"))
            let lines = logs.lines.map { $0.metadata["trace_id"] }
                + gateway.log.lines.filter { $0.message == "request answered" }.map { $0.metadata["trace_id"] }
            #expect(lines == [first.traceID, first.traceID, first.traceID])
        }
    }

    /// The way of one process to another.
    private static func channel(_ logs: LogCapture, _ register: (inout RPC.Router) -> Void) -> any RPC.Channel {
        var router = RPC.Router()
        register(&router)
        let server = StandardServices.server(
            router, store: nil, readiness: Readiness(), metrics: MetricsRegistry(), logger: logs.logger())
        return PeerChannel.make(
            over: InProcessChannel(to: server), to: "p", metrics: ClientCallMetrics(MetricsRegistry()),
            clock: ContinuousClock(), jitter: { 1 })
    }
}
