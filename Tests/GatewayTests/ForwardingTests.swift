import Contracts
import HTTPClient
import RPC
import RPCInProcess
import ServiceKit
import Synchronization
import TestSupport
import Testing

@testable import GatewayService

@Suite("Requests become calls")
struct ForwardingTests {
    /// What a handler was called with.
    private final class Seen: Sendable {
        private let contexts = Mutex<[ServerContext]>([])
        var last: ServerContext? { contexts.withLock { $0.last } }
        var count: Int { contexts.withLock { $0.count } }
        func add(_ context: ServerContext) { contexts.withLock { $0.append(context) } }
    }

    private static func partner(_ seen: Seen) -> (inout RPC.Router) -> Void {
        { router in
            router.unary(PartnersMethods.getPartner) { (request: PartnershipV1.GetPartnerRequest, context) in
                seen.add(context)
                guard request.id != "none" else { throw RPCError.notFound("partner", request.id) }
                return PartnershipV1.Partner(id: request.id, name: "Café", kind: .school, version: 3)
            }
            router.unary(PartnersMethods.updatePartner) { (request: PartnershipV1.UpdatePartnerRequest, context) in
                seen.add(context)
                guard request.expectedVersion == 3 else {
                    throw RPCError.staleVersion("partner", request.id, expected: request.expectedVersion, found: 3)
                }
                return PartnershipV1.Partner(id: request.id, name: request.name, version: 4)
            }
        }
    }

    @Test("a reply is JSON with every field, its version as ETag, and the request's id")
    func reply() async throws {
        let seen = Seen()
        try await Harness.run(Self.partner(seen)) { gateway in
            let reply = try await gateway.send("GET", "/v1/partners/p%201", adding: [("X-Request-Id", "my-id.1")])
            #expect(reply.status == 200)
            #expect(reply.field("Content-Type") == "application/json")
            #expect(reply.field("ETag") == "\"3\"")
            #expect(reply.field("X-Request-Id") == "my-id.1")
            #expect(reply.text.hasPrefix(#"{"id":"p 1","name":"Café","kind":"PARTNER_KIND_SCHOOL","status":"#))
            #expect(reply.text.contains(#""notes":"""#) && reply.text.contains(#""version":"3""#))
            #expect(seen.last?.requestID == "my-id.1" && seen.last?.actorKind == "token")
            #expect(seen.last?.actorID.hasPrefix("token-") == true)
        }
    }

    @Test("HEAD gives the same fields without the body")
    func head() async throws {
        try await Harness.run(Self.partner(Seen())) { gateway in
            let answer = try await onThread {
                let connection = try RawConnection(port: gateway.origin.port)
                try connection.send(
                    "HEAD /v1/partners/p HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(Harness.token)\r\n"
                        + "Connection: close\r\n\r\n")
                connection.finish()
                return try connection.receive()
            }
            #expect(answer.hasPrefix("HTTP/1.1 200 OK") && answer.hasSuffix("\r\n\r\n"))
            #expect(answer.lowercased().contains("content-length: ") && answer.contains("\"3\""))
        }
    }

    @Test(
        "a request id that could be anything is replaced",
        arguments: ["a b", "x\u{e9}", String(repeating: "x", count: 200)])
    func requestID(id: String) async throws {
        try await Harness.run(Self.partner(Seen())) { gateway in
            let reply = try await gateway.send("GET", "/v1/partners/p", adding: [("X-Request-Id", id)])
            #expect(reply.status == 200 && reply.field("X-Request-Id")?.count == 36)
        }
    }

    @Test("If-Match becomes the expected version, and an old one is 412")
    func conditional() async throws {
        try await Harness.run(Self.partner(Seen())) { gateway in
            let good = try await gateway.send(
                "PUT", "/v1/partners/p", adding: [("If-Match", "\"3\"")], json: #"{"name":"N"}"#)
            #expect(good.status == 200 && good.field("ETag") == "\"4\"")
            let stale = try await gateway.send("PUT", "/v1/partners/p", adding: [("If-Match", "\"2\"")], json: "{}")
            #expect(stale.outcome == "412 ABORTED" && stale.text.contains("STALE_VERSION"))
            let body = try await gateway.send("PUT", "/v1/partners/p", adding: [], json: #"{"expectedVersion":2}"#)
            #expect(body.outcome == "409 ABORTED")
            let none = try await gateway.send("PUT", "/v1/partners/p", adding: [], json: "{}")
            #expect(none.outcome == "428 PRECONDITION_REQUIRED")
        }
    }

    @Test("the key of a change is passed on; without one, each request has its own")
    func idempotencyKey() async throws {
        let seen = Seen()
        try await Harness.run(Self.partner(seen)) { gateway in
            let match = ("If-Match", "\"3\"")
            _ = try await gateway.send(
                "PUT", "/v1/partners/p", adding: [match, ("Idempotency-Key", "key-1")], json: "{}")
            #expect(seen.last?.idempotencyKey == "key-1")
            _ = try await gateway.send("PUT", "/v1/partners/p", adding: [match], json: "{}")
            let made = seen.last?.idempotencyKey
            _ = try await gateway.send("PUT", "/v1/partners/p", adding: [match], json: "{}")
            #expect(made != nil && made != seen.last?.idempotencyKey)
            for key in ["", "a b", String(repeating: "k", count: 256)] {
                let reply = try await gateway.send(
                    "PUT", "/v1/partners/p", adding: [match, ("Idempotency-Key", key)], json: "{}")
                #expect(reply.outcome == "400 MALFORMED_REQUEST", "\(key)")
            }
            #expect(seen.count == 3)
        }
    }

    @Test("the time that a request may take becomes the call's deadline")
    func deadline() async throws {
        let seen = Seen()
        try await Harness.run(Self.partner(seen)) { gateway in
            _ = try await gateway.send("GET", "/v1/partners/p", adding: [("Request-Timeout", "2.5")])
            #expect(try #require(seen.last?.deadline).remaining < .seconds(2.5))
            _ = try await gateway.send("GET", "/v1/partners/p", adding: [("Request-Timeout", "1000000000000")])
            #expect(try #require(seen.last?.deadline).remaining < .seconds(15))
            for time in ["0", "-1", "soon", "nan", "inf"] {
                let reply = try await gateway.send("GET", "/v1/partners/p", adding: [("Request-Timeout", time)])
                #expect(reply.outcome == "400 MALFORMED_REQUEST", "\(time)")
            }
        }
    }

    @Test("a service that takes too long is 504, also if it heeds nothing")
    func tooLate() async throws {
        try await Harness.run({ router in
            router.unary(SchoolsMethods.getSchool) { (_: PartnershipV1.GetSchoolRequest, _) -> PartnershipV1.School in
                let (never, _) = AsyncStream.makeStream(of: Void.self)
                await never.first { _ in true }
                throw CancellationError()
            }
        }) { gateway in
            let reply = try await gateway.send("GET", "/v1/schools/1", adding: [("Request-Timeout", "0.05")])
            #expect(reply.outcome == "504 DEADLINE_EXCEEDED")
        }
    }

    @Test("a trace goes on, each hop with a span of its own")
    func trace() async throws {
        let seen = Seen()
        let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        try await Harness.run(Self.partner(seen)) { gateway in
            _ = try await gateway.send(
                "GET", "/v1/partners/p", adding: [("traceparent", parent), ("tracestate", "a=1")])
            let arrived = try #require(seen.last?.head)
            #expect(arrived.traceID == "0af7651916cd43dd8448eb211c80319c")
            #expect(arrived.traceparent != parent && arrived.tracestate == "a=1")
            let line = gateway.log.lines.first { $0.message == "request answered" }
            #expect(line?.metadata["trace_id"] == arrived.traceID)
        }
    }

    @Test("a trace that is none is replaced by a new one, without its state")
    func malformedTrace() async throws {
        let seen = Seen()
        try await Harness.run(Self.partner(seen)) { gateway in
            let parents = [
                "00-0AF7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "x", "",
                "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            ]
            var traces: Set<String> = []
            for parent in parents {
                _ = try await gateway.send(
                    "GET", "/v1/partners/p", adding: [("traceparent", parent), ("tracestate", "a=1")])
                let arrived = try #require(seen.last?.head)
                traces.insert(try #require(arrived.traceID))
                #expect(arrived.tracestate.isEmpty)
            }
            #expect(traces.count == parents.count)
        }
    }

    @Test("an error of the service is a problem, logged without the path's values")
    func serviceError() async throws {
        try await Harness.run(Self.partner(Seen())) { gateway in
            let reply = try await gateway.send("GET", "/v1/partners/none", adding: [])
            #expect(reply.outcome == "404 NOT_FOUND" && reply.text.contains("There is no partner none."))
            let unknown = try await gateway.send("GET", "/v1/schools/1", adding: [])
            #expect(unknown.outcome == "501 UNIMPLEMENTED")
            let lines = gateway.log.lines.filter { $0.message == "request answered" }
            #expect(lines.map { $0.metadata["http.status"] } == ["404", "501"])
            #expect(lines[0].metadata["http.route"] == "/v1/partners/{id}")
            #expect(lines.allSatisfy { !$0.description.contains("none") })
            #expect(
                gateway.metrics.text.contains(
                    "http_server_request_duration_seconds_count{http_request_method=\"GET\",http_route=\"/v1/partners/{id}\","
                        + "http_response_status_code=\"404\"} 1"))
        }
    }

    @Test("a service that is not there is 503 with a time to come back, and the gateway goes on when it is")
    func unavailable() async throws {
        let channel = SwitchedChannel()
        try await Harness.run(channel: channel, { _ in }) { gateway in
            let away = try await gateway.send("GET", "/v1/partners/p", adding: [])
            #expect(away.outcome == "503 UNAVAILABLE" && away.field("Retry-After") == "1")
            var router = RPC.Router()
            Self.partner(Seen())(&router)
            channel.target.withLock { $0 = InProcessChannel(to: RPCServer(router: router)) }
            #expect(try await gateway.send("GET", "/v1/partners/p", adding: []).status == 200)
        }
    }
}
