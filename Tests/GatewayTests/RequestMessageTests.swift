import Contracts
import RPC
import Testing
import Wire

@testable import GatewayService

@Suite("A request's parts become one message")
struct RequestMessageTests {
    private func encoded(
        _ method: MethodDescriptor, _ path: [String: String] = [:], query: String = "", body: String = "",
        version: Int64? = nil
    ) throws -> [UInt8] {
        let entry = try #require(ContractCatalogue.method(method.fullName))
        return try RequestMessage(
            entry: entry, route: try #require(entry.http.first), pathValues: path.mapValues { $0[...] }
        ).encoded(query: QueryParameters(query[...]), body: Array(body.utf8), version: version)
    }

    private func problem(_ body: () throws -> [UInt8]) -> String {
        do {
            _ = try body()
            return "none"
        } catch let problem as Problem {
            let field = problem.errors.first
            let place = field?.line.map { " at \($0):\(field?.column ?? 0)" } ?? ""
            return "\(problem.facts.code) \(field?.field ?? "-")\(place)"
        } catch {
            return "\(error)"
        }
    }

    @Test("a query's parameters fill fields of every kind, by either of their names")
    func query() throws {
        let bytes = try encoded(
            PartnersMethods.listPartners,
            query: "query=a+%C3%A9%26&kind=PARTNER_KIND_SCHOOL&kind=1&schoolUrn=9007199254740993&asOf=2024-02-29"
                + "&inAgreement=true&page_size=7&pageToken=")
        #expect(
            try PartnershipV1.ListPartnersRequest(decoding: bytes)
                == .init(
                    query: "a é&", kind: [.school, .teachingSchoolAlliance], schoolUrn: 9_007_199_254_740_993,
                    asOf: .init(year: 2024, month: 2, day: 29), inAgreement: true, pageSize: 7))
    }

    @Test("a field inside a field is named with a dot")
    func nested() throws {
        let bytes = try encoded(PartnersMethods.listPartners, query: "asOf.year=2024&as_of.month=2&asOf.day=1")
        #expect(try PartnershipV1.ListPartnersRequest(decoding: bytes).asOf == .init(year: 2024, month: 2, day: 1))
    }

    @Test(
        "what is wrong in a query is named",
        arguments: [
            ("pagesize=1", "INVALID_ARGUMENT pagesize"), ("pageSize=1&pageSize=2", "INVALID_ARGUMENT pageSize"),
            ("pageSize=x", "INVALID_ARGUMENT pageSize"), ("pageSize=99999999999", "INVALID_ARGUMENT pageSize"),
            ("inAgreement=1", "INVALID_ARGUMENT inAgreement"), ("kind=NONE", "INVALID_ARGUMENT kind[0]"),
            ("asOf=yesterday", "INVALID_ARGUMENT asOf"), ("asOf=2024-2-1", "INVALID_ARGUMENT asOf"),
            ("asOf.year=1&asOf=2024-01-01", "INVALID_ARGUMENT asOf"),
            ("asOf=2024-01-01&asOf.year=1", "INVALID_ARGUMENT asOf"),
            ("asOf.hour=1", "INVALID_ARGUMENT asOf.hour"), ("query.x=1", "INVALID_ARGUMENT query.x"),
            ("query=%zz", "MALFORMED_REQUEST -"), ("query=%ff", "MALFORMED_REQUEST -"),
            ("query=%00", "MALFORMED_REQUEST -"),
        ])
    func wrongQuery(query: String, expected: String) {
        #expect(problem { try encoded(PartnersMethods.listPartners, query: query) } == expected)
    }

    @Test("a path's values are fields too", arguments: [("116", 116), ("%31%31%36", 116)])
    func path(value: String, urn: Int64) throws {
        let bytes = try encoded(SchoolsMethods.getSchool, ["urn": value])
        #expect(try PartnershipV1.GetSchoolRequest(decoding: bytes).urn == urn)
    }

    @Test(
        "a path's value of a wrong kind is named",
        arguments: [
            ("x", "INVALID_ARGUMENT urn"), ("1.5", "INVALID_ARGUMENT urn"),
            ("%zz", "MALFORMED_REQUEST -"),
        ])
    func wrongPath(value: String, expected: String) {
        #expect(problem { try encoded(SchoolsMethods.getSchool, ["urn": value]) } == expected)
    }

    @Test(
        "path, If-Match and body make one message, and may say the same twice",
        arguments: [
            #"{"name": "N"}"#, #" {"name":"N" , "id":"p/1"} "#, #"{"id":"p/1","name":"N","expectedVersion":"7"}"#,
            #"{"name":"N","expected_version":7}"#,
        ])
    func merged(body: String) throws {
        let bytes = try encoded(PartnersMethods.updatePartner, ["id": "p%2F1"], body: body, version: 7)
        #expect(
            try PartnershipV1.UpdatePartnerRequest(decoding: bytes)
                == .init(id: "p/1", name: "N", expectedVersion: 7))
    }

    @Test("an empty body is an empty object", arguments: ["", " \n", "{}", "{ }"])
    func emptyBody(body: String) throws {
        let bytes = try encoded(GiasImportsMethods.startGiasImport, ["id": "i"], body: body)
        #expect(try PartnershipV1.StartGiasImportRequest(decoding: bytes) == .init(id: "i"))
    }

    @Test(
        "what contradicts itself or cannot be read is named, with its place in the body",
        arguments: [
            (#"{"id":"p2"}"#, "INVALID_ARGUMENT id"), (#"{"id":null}"#, "INVALID_ARGUMENT id"),
            (#"{"id":["p1"]}"#, "INVALID_ARGUMENT id"), (#"{"expectedVersion":8}"#, "INVALID_ARGUMENT expectedVersion"),
            ("{\n \"name\": 1}", "INVALID_ARGUMENT name at 2:10"), ("{\n\"nam\":1}", "INVALID_ARGUMENT  at 2:1"),
            ("[]", "INVALID_ARGUMENT  at 1:1"), ("{", "INVALID_ARGUMENT  at 1:2"), ("x", "INVALID_ARGUMENT  at 1:1"),
            (#"{"name":"a","name":"b"}"#, "INVALID_ARGUMENT name at 1:13"),
            (#"{"agreementFrom":{"year":"x"}}"#, "INVALID_ARGUMENT agreementFrom.year at 1:26"),
        ])
    func wrongBody(body: String, expected: String) {
        #expect(
            problem {
                try encoded(PartnersMethods.updatePartner, ["id": "p1"], body: body, version: 7)
            } == expected)
    }

    @Test("a method whose fields come in the body takes no query")
    func queryWithBody() {
        #expect(
            problem {
                try encoded(PartnersMethods.registerPartner, query: "name=N", body: "{}")
            } == "INVALID_ARGUMENT name")
    }
}
