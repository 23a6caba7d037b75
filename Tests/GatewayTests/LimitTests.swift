import Contracts
import HTTPClient
import RPC
import ServiceKit
import TestSupport
import Testing

@testable import GatewayService

@Suite("What the gateway does not take")
struct LimitTests {
    private static func partners(_ router: inout RPC.Router) {
        router.unary(PartnersMethods.registerPartner) { (request: PartnershipV1.RegisterPartnerRequest, _) in
            PartnershipV1.Partner(id: "p", name: request.name, version: 1)
        }
    }

    private static let head = "Host: x\r\nAuthorization: Bearer \(Harness.token)\r\nContent-Type: application/json\r\n"

    /// What a server answers to exactly these bytes.
    private func answer(_ gateway: Harness, _ text: String, finishes: Bool = true) async throws -> String {
        try await onThread {
            let connection = try RawConnection(port: gateway.origin.port)
            try connection.send(text)
            if finishes { connection.finish() }
            return try connection.receive()
        }
    }

    @Test(
        "without a token only health and the interface's description are served",
        arguments: [
            ("GET", "/openapi.json", "200"), ("GET", "/livez", "200"), ("GET", "/readyz", "200"),
            ("GET", "/", "401 UNAUTHENTICATED"), ("GET", "/v1/partners", "401 UNAUTHENTICATED"),
            ("GET", "/v1/nothing", "401 UNAUTHENTICATED"), ("DELETE", "/v1/partners", "401 UNAUTHENTICATED"),
            ("TRACE", "/openapi.json", "401 UNAUTHENTICATED"), ("POST", "/v1/partners", "401 UNAUTHENTICATED"),
            ("PUT", "/v1/gias-imports/i/files/groups", "401 UNAUTHENTICATED"),
            ("GET", "/v1/gias-imports/i/watch", "401 UNAUTHENTICATED"), ("GET", "/v1/changes", "401 UNAUTHENTICATED"),
            ("PUT", "/v1/application-imports/i/file", "401 UNAUTHENTICATED"),
        ])
    func unauthenticated(method: String, target: String, expected: String) async throws {
        try await Harness.run(Self.partners) { gateway in
            let missing = try await gateway.send(method, target, [])
            #expect(missing.outcome == expected)
            #expect((missing.field("WWW-Authenticate") == "Bearer realm=\"olp\"") == expected.hasPrefix("401"))
            let wrong = try await gateway.send(method, target, [("Authorization", "Bearer wrong")])
            #expect(wrong.outcome == expected)
        }
    }

    @Test("addresses and methods that are not there are told apart")
    func routes() async throws {
        try await Harness.run(Self.partners) { gateway in
            #expect(try await gateway.send("GET", "/v1/nothing").outcome == "404 ROUTE_NOT_FOUND")
            for method in ["TRACE", "DELETE", "PATCH", "OPTIONS", "PROPFIND"] {
                let reply = try await gateway.send(method, "/v1/partners", [Harness.authorization])
                #expect(reply.outcome == "405 METHOD_NOT_ALLOWED" && reply.field("Allow") == "GET, HEAD, POST")
            }
        }
    }

    @Test(
        "a body must be JSON of an acceptable size and say so",
        arguments: [
            ([("Content-Type", "text/plain")], "{}", "415 UNSUPPORTED_MEDIA_TYPE"),
            ([], "{}", "415 UNSUPPORTED_MEDIA_TYPE"),
            ([("Content-Type", "application/json; charset=latin1")], "{}", "415 UNSUPPORTED_MEDIA_TYPE"),
            ([("Content-Type", "Application/JSON; Charset=UTF-8")], #"{"name":"N"}"#, "200"),
            ([("Content-Type", "application/json"), ("Accept", "text/html")], "{}", "406 NOT_ACCEPTABLE"),
            ([("Content-Type", "application/json"), ("Accept", "application/json;q=0")], "{}", "406 NOT_ACCEPTABLE"),
            ([("Content-Type", "application/json"), ("Accept", "text/html, application/*;q=0.1")], "{}", "200"),
            (
                [("Content-Type", "application/json")], "{" + String(repeating: " ", count: 2000) + "}",
                "413 BODY_TOO_LARGE"
            ),
            ([("Content-Type", "application/json")], "nonsense", "400 INVALID_ARGUMENT"),
        ])
    func bodies(fields: [(String, String)], body: String, expected: String) async throws {
        var limits = GatewayLimits()
        limits.bodyBytes = 1000
        try await Harness.run(limits: limits, Self.partners) { gateway in
            let reply = try await gateway.send(
                "POST", "/v1/partners", [Harness.authorization] + fields, body: .bytes(Array(body.utf8)))
            #expect(reply.outcome == expected)
        }
    }

    @Test("a body in chunks has the same limit")
    func chunked() async throws {
        var limits = GatewayLimits()
        limits.bodyBytes = 1000
        try await Harness.run(limits: limits, Self.partners) { gateway in
            let chunk = "200\r\n" + String(repeating: " ", count: 0x200) + "\r\n"
            let large = try await answer(
                gateway,
                "POST /v1/partners HTTP/1.1\r\n\(Self.head)Transfer-Encoding: chunked\r\n\r\n\(chunk)\(chunk)0\r\n\r\n")
            #expect(large.hasPrefix("HTTP/1.1 413 ") && large.lowercased().contains("connection: close"))
            let small = try await answer(
                gateway,
                "POST /v1/partners HTTP/1.1\r\n\(Self.head)Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n\(chunk)2\r\n{}\r\n0\r\n\r\n"
            )
            #expect(small.hasPrefix("HTTP/1.1 200 "))
        }
    }

    @Test(
        "a body that ends too early changes nothing", arguments: ["Content-Length: 100", "Transfer-Encoding: chunked"])
    func brokenOff(framing: String) async throws {
        let calls = Calls()
        try await Harness.run({ router in
            router.unary(PartnersMethods.registerPartner) { (_: PartnershipV1.RegisterPartnerRequest, _) in
                calls.add("called")
                return PartnershipV1.Partner()
            }
        }) { gateway in
            let piece = framing.hasPrefix("T") ? "2\r\n{}\r\n" : "{}"
            let text = "POST /v1/partners HTTP/1.1\r\n\(Self.head)\(framing)\r\n\r\n\(piece)"
            _ = try await answer(gateway, text)
            try await poll(until: "the answer in the log") {
                !gateway.log.lines.filter { $0.message == "request answered" }.isEmpty
            }
            #expect(calls.all.isEmpty)
        }
    }

    @Test(
        "header fields and targets have limits",
        arguments: [
            ("GET /livez HTTP/1.1\r\nHost: x\r\nX-Big: " + String(repeating: "x", count: 17_000) + "\r\n\r\n", "431"),
            ("GET /livez HTTP/1.1\r\nHost: x\r\n" + String(repeating: "X-N: 1\r\n", count: 200) + "\r\n", "431"),
            (
                "GET /" + String(repeating: "x", count: 9000) + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
                "414"
            ),
            ("NONSENSE\r\n\r\n", "400"), ("GET / HTTP/1.1\r\nbad field\r\n\r\n", "400"),
            ("POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n", "400"),
        ])
    func headers(text: String, status: String) async throws {
        try await Harness.run { gateway in
            let answer = try await answer(gateway, text)
            #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(answer.prefix(300))")
            #expect(answer.contains("application/problem+json"))
        }
    }

    @Test(
        "a peer that says nothing is let go, with a reason where there is a request to answer",
        arguments: [
            ("", "408"), ("GET /livez HT", "408"),
            ("POST /v1/partners HTTP/1.1\r\n\(head)Content-Length: 9\r\n\r\n{", "400"),
        ])
    func silence(text: String, status: String) async throws {
        var limits = GatewayLimits()
        limits.headerTime = .milliseconds(100)
        try await Harness.run(limits: limits, Self.partners) { gateway in
            let answer = try await answer(gateway, text, finishes: false)
            #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(answer.prefix(300))")
        }
    }

    @Test("a JSON body that comes too slowly is 408")
    func slow() async throws {
        var limits = GatewayLimits()
        limits.bodyTime = .milliseconds(100)
        try await Harness.run(limits: limits, Self.partners) { gateway in
            let answer = try await answer(
                gateway, "POST /v1/partners HTTP/1.1\r\n\(Self.head)Content-Length: 9\r\n\r\n{", finishes: false)
            #expect(answer.hasPrefix("HTTP/1.1 408 "), "\(answer.prefix(300))")
        }
    }

    @Test("an idle connection is closed, one that is used is kept")
    func idle() async throws {
        var limits = GatewayLimits()
        limits.idleTime = .milliseconds(100)
        try await Harness.run(limits: limits) { gateway in
            let answers = try await onThread {
                let connection = try RawConnection(port: gateway.origin.port)
                var answers: [String] = []
                for _ in 0..<3 {
                    try connection.send("GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
                    answers.append(try connection.receive { $0.hasSuffix("alive\n") })
                }
                return answers + [try connection.receive()]
            }
            #expect(answers.dropLast().allSatisfy { $0.hasPrefix("HTTP/1.1 200 OK") } && answers.last == "")
        }
    }

    @Test("a client that asks before it sends its body is told to go on")
    func continues() async throws {
        try await Harness.run(Self.partners) { gateway in
            let (first, second) = try await onThread {
                let connection = try RawConnection(port: gateway.origin.port)
                try connection.send(
                    "POST /v1/partners HTTP/1.1\r\n\(Self.head)Content-Length: 2\r\nExpect: 100-continue\r\n\r\n")
                let first = try connection.receive { $0.hasSuffix("\r\n\r\n") }
                try connection.send("{}")
                return (first, try connection.receive { $0.contains("\r\n\r\n{") })
            }
            #expect(first.hasPrefix("HTTP/1.1 100 ") && second.hasPrefix("HTTP/1.1 200 "))
        }
    }

    @Test(
        "a request names its server once; one of HTTP/1.0 need not",
        arguments: [
            ("HTTP/1.1", [], "400"), ("HTTP/1.1", ["Host: x", "Host: x"], "400"), ("HTTP/1.1", ["Host: x"], "200"),
            ("HTTP/1.1", ["host: x", "HOST: y"], "400"), ("HTTP/1.1", ["Host:"], "200"),
            ("HTTP/1.0", [], "200"), ("HTTP/1.0", ["Host: x"], "200"), ("HTTP/1.0", ["Host: x", "Host: x"], "400"),
        ])
    func host(version: String, fields: [String], status: String) async throws {
        try await Harness.run { gateway in
            let lines = ["GET /livez \(version)", "Connection: close"] + fields + ["", ""]
            let answer = try await answer(gateway, lines.joined(separator: "\r\n"))
            #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(answer.prefix(300))")
        }
    }

    @Test("whoever asks for readiness from outside learns no reasons")
    func readiness() async throws {
        try await Harness.run { gateway in
            gateway.readiness.expect("secret-part")
            let reply = try await gateway.send("GET", "/readyz", [])
            #expect(reply.status == 503 && reply.text == "not ready\n")
        }
    }
}
