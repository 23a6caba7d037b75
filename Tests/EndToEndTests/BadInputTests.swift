import ChildProcess
import Contracts
import Foundation
import HTTPClient
import SuiteSupport
import TestSupport
import Testing

@Suite("Bad input")
struct BadInputTests {
    /// A request that is wrong, and what the answer has to say.
    private struct Case: Sendable {
        let name: String
        var method = "POST"
        var path = "/v1/partners"
        var body: String? = nil
        var fields: [(name: String, value: String)] = []
        let status: Set<Int>
        let says: [String]
    }

    private static let good = """
        {"name": "Good", "kind": "PARTNER_KIND_TEACHING_SCHOOL_HUB"}
        """

    private static let cases: [Case] = [
        Case(name: "malformed JSON", body: "{\"name\": \"x\",", status: [400], says: ["line", "column"]),
        Case(name: "not JSON", body: "name=x", status: [400], says: ["line"]),
        Case(name: "unknown field", body: "{\"name\": \"x\", \"colour\": 1}", status: [400], says: ["colour"]),
        Case(name: "wrong type", body: "{\"name\": 7}", status: [400], says: ["name"]),
        Case(name: "unknown value", body: "{\"name\": \"x\", \"kind\": \"CLUB\"}", status: [400], says: ["kind"]),
        Case(
            name: "impossible date",
            body:
                "{\"name\":\"x\",\"kind\":\"PARTNER_KIND_SCHOOL\",\"agreementFrom\":{\"year\":2017,\"month\":2,\"day\":30}}",
            status: [400], says: ["agreementFrom"]),
        Case(
            name: "oversize body", body: "{\"notes\": \"" + String(repeating: "x", count: 3 << 20) + "\"}",
            status: [413], says: ["bytes"]),
        Case(
            name: "unknown id", method: "GET", path: "/v1/partners/01890000-0000-7000-8000-000000000000", status: [404],
            says: ["01890000-0000-7000-8000-000000000000"]),
        Case(name: "an id that is none", method: "GET", path: "/v1/schools/abc", status: [400, 404], says: ["urn"]),
        Case(name: "unknown path", method: "GET", path: "/v1/partner", status: [404], says: ["/v1/partner"]),
        Case(name: "wrong verb", method: "DELETE", path: "/v1/partners", status: [405], says: ["GET", "POST"]),
        Case(
            name: "unknown parameter", method: "GET", path: "/v1/partners?colour=red", status: [400], says: ["colour"]),
        Case(
            name: "parameter out of range", method: "GET", path: "/v1/partners?pageSize=1000", status: [400],
            says: ["pageSize"]),
        Case(
            name: "page token of nothing", method: "GET", path: "/v1/partners?pageToken=zzz", status: [400],
            says: ["pageToken"]),
    ]

    @Test("over HTTP is a problem that says what is wrong and where, and changes nothing")
    func overHTTP() async throws {
        try await RunningSuite.with { suite in
            for wrong in Self.cases {
                let lines = suite.log("gateway").split(separator: "\n").count
                var fields = wrong.fields
                if wrong.body != nil { fields.append(("Content-Type", "application/json")) }
                let reply = try await suite.send(
                    HTTPRequest(
                        wrong.method, wrong.path, fields: fields,
                        body: wrong.body.map { .bytes(Array($0.utf8)) } ?? .none), token: suite.token)
                #expect(wrong.status.contains(reply.status), "\(wrong.name): \(reply.status) \(reply.text)")
                #expect(reply.field("Content-Type")?.hasPrefix("application/problem+json") == true, "\(wrong.name)")
                for words in wrong.says {
                    #expect(reply.text.contains(words), "\(wrong.name) does not say \"\(words)\": \(reply.text)")
                }
                try await poll(until: "the log line of: \(wrong.name)") {
                    suite.log("gateway").split(separator: "\n").count > lines
                }
                let logged = suite.log("gateway").split(separator: "\n").dropFirst(lines)
                #expect(logged.count == 1, "\(wrong.name): \(logged)")
            }
            try await nothingWritten(suite)
        }
    }

    @Test("a wrong or missing token is 401, and shows nothing of what is there")
    func token() async throws {
        try await RunningSuite.with { suite in
            for token in [nil, "wrong", "olp_" + String(repeating: "A", count: 43)] {
                let reply = try await suite.send(HTTPRequest("GET", "/v1/partners"), token: token)
                #expect(reply.status == 401)
                #expect(reply.field("WWW-Authenticate")?.hasPrefix("Bearer") == true)
            }
            let token = try suite.token
            #expect(suite.log("up").components(separatedBy: token).count == 2, "olp up shows the token once")
            for name in ["gateway", "partnership"] { #expect(!suite.log(name).contains(token)) }
        }
    }

    @Test("a key that is used again for something else is refused, for the same thing answered as before")
    func reusedKey() async throws {
        try await RunningSuite.with { suite in
            let key = [(name: "Idempotency-Key", value: "key-1")]
            let first = try await suite.send("POST", "/v1/partners", json: Self.good, fields: key)
            #expect(first.isSuccess, "\(first.text)")
            let second = try await suite.send("POST", "/v1/partners", json: Self.good, fields: key)
            #expect(second.isSuccess, "\(second.text)")
            #expect(try PartnershipV1.Partner(jsonText: second.text) == PartnershipV1.Partner(jsonText: first.text))
            let other = try await suite.send(
                "POST", "/v1/partners", json: Self.good.replacing("Good", with: "Other"), fields: key)
            #expect((400..<500).contains(other.status), "\(other.status) \(other.text)")
            #expect(other.text.lowercased().contains("key"), "\(other.text)")
            let all: PartnershipV1.ListPartnersReply = try await suite.call("GET", "/v1/partners")
            #expect(all.partners.map(\.name) == ["Good"])
        }
    }

    @Test("files that cannot be imported are refused by olp with file, line and what to do")
    func files() async throws {
        try await RunningSuite.with { suite in
            let notRegister = try suite.folder.write("name,age\nx,1\n", to: "people.csv")
            let refused = try await suite.olp("import", "gias", notRegister)
            #expect(refused.status == .exited(1))
            #expect(refused.error.contains("people.csv, line 1"))

            let missing = try await suite.olp("import", "gias", suite.folder.file("none.csv"))
            #expect(missing.status == .exited(1))
            #expect(missing.error.contains("none.csv: No such file or directory"))

            let sample = try Data(contentsOf: URL(fileURLWithPath: "\(Project.root)/deploy/sample/edubasealldata.csv"))
            let cut = try suite.folder.write(Array(sample.prefix(sample.count / 2)), to: "cut.csv")
            let truncated = try await suite.olp("import", "gias", cut)
            #expect(truncated.status == .exited(1))
            #expect(truncated.error.contains("line 603: it was cut off. Nothing was imported."), "\(truncated)")
            let schools: PartnershipV1.SearchSchoolsReply = try await suite.call("GET", "/v1/schools")
            #expect(schools.schools.isEmpty)

            let call = try await suite.olp("call", "GetPartner", "{\"idd\": \"x\"}")
            #expect(call.status == .exited(64))
            #expect(call.error.contains("unknown field \"idd\""))
            let noMethod = try await suite.olp("call", "Partners/Remove")
            #expect(noMethod.status == .exited(64))
        }
    }

    private func nothingWritten(_ suite: RunningSuite) async throws {
        let partners: PartnershipV1.ListPartnersReply = try await suite.call("GET", "/v1/partners")
        #expect(partners.partners.isEmpty)
        let feed = try await suite.olp("call", "partnership", "Feed/Follow", "{\"untilNow\": true}")
        #expect(feed.status == .exited(0), "\(feed)")
        #expect(feed.output.isEmpty)
    }
}
