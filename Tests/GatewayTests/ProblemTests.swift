import Contracts
import ProtoJSON
import RPC
import ServiceKit
import Testing

@testable import GatewayService

@Suite("Problems")
struct ProblemTests {
    @Test(
        "every status has its place in HTTP",
        arguments: zip(
            StatusCode.allCases,
            [
                500, 499, 500, 400, 504, 404, 409, 403, 429, 400, 409, 400, 501, 500, 503, 500, 401,
            ]))
    func statuses(code: StatusCode, status: Int) {
        let facts = ProblemKind.status(code, isConditional: false).facts
        #expect(facts.status == status && facts.code == code.name)
        let conditional = ProblemKind.status(code, isConditional: true).facts
        #expect(conditional.status == (code == .aborted ? 412 : status))
    }

    @Test("every problem is an error of HTTP with a title and a code of its own", arguments: ProblemKind.all)
    func complete(kind: ProblemKind) {
        #expect((400...599).contains(kind.facts.status))
        #expect(!kind.facts.title.isEmpty && kind.facts.code.allSatisfy { $0.isUppercase || $0 == "_" })
    }

    @Test("the text has what RFC 9457 asks for, the fields and the request id")
    func json() {
        var problem = Problem(
            .status(.invalidArgument, isConditional: false), "a \"b\"",
            errors: [
                .init(field: "members[2].urn", detail: "must be above 0", reason: "RANGE"),
                .init(field: "name", detail: "expected a text", line: 3, column: 4),
            ])
        problem.reason = "WHY"
        #expect(
            String(decoding: problem.json(path: "/v1/x", requestID: "r"), as: UTF8.self)
                == #"{"type":"urn:olp:problem:invalid-argument","title":"The request is not valid","status":400,"#
                + #""detail":"a \"b\"","instance":"/v1/x","code":"INVALID_ARGUMENT","reason":"WHY","requestId":"r","errors":["#
                + #"{"field":"members[2].urn","detail":"must be above 0","reason":"RANGE"},"#
                + #"{"field":"name","detail":"expected a text","line":3,"column":4}]}"#)
    }

    @Test("details of a status become fields and a reason")
    func details() {
        var violations = FieldViolations()
        violations.add("name", "must not be empty", reason: "EMPTY")
        let error = violations.error ?? RPCError(.internal, "")
        #expect(
            Problem(error, isConditional: false).errors
                == [.init(field: "name", detail: "must not be empty", reason: "EMPTY")])
        let stale = Problem(.staleVersion("partner", "p", expected: 1, found: 2), isConditional: true)
        #expect(stale.facts.status == 412 && stale.reason == "STALE_VERSION")
        let refused = RPCError(
            .failedPrecondition, "no",
            with: GoogleRPC.PreconditionFailure(violations: [.init(type: "NOT_ELIGIBLE", subject: "fundedPlace")]))
        #expect(Problem(refused, isConditional: false).reason == "NOT_ELIGIBLE")
    }

    @Test(
        "what went wrong inside is not shown, only kept for the log",
        arguments: [
            StatusCode.unknown, .internal, .dataLoss, .unavailable,
        ])
    func bland(code: StatusCode) {
        let problem = Problem(RPCError(code, "ipc:///secret/path"), isConditional: false)
        #expect(!problem.detail.contains("secret"))
        #expect("\(problem.cause.map { "\($0)" } ?? "")".contains("secret"))
        #expect(problem.retryAfter == (code == .unavailable ? 1 : nil))
    }

    @Test("a service that says when to come back is passed on")
    func pushback() {
        var error = RPCError(.resourceExhausted, "too many")
        error.pushback = .milliseconds(2500)
        #expect(Problem(error, isConditional: false).retryAfter == 3)
    }
}
