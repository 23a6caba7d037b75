import Contracts
import RPC
import Testing

@testable import GatewayService

@Suite("Versions over HTTP")
struct PreconditionTests {

    private func outcome(_ fields: [String], _ method: MethodDescriptor) throws -> String {
        do throws(Problem) {
            return try Precondition.version(fields, entry(method)).map(String.init) ?? "none"
        } catch {
            return "\(error.facts.status)"
        }
    }

    private func entry(_ method: MethodDescriptor) throws(Problem) -> MethodEntry {
        guard let entry = ContractCatalogue.method(method.fullName) else { throw Problem(.routeUnknown, "") }
        return entry
    }

    @Test(
        "If-Match is the version in quotes",
        arguments: [
            ([], "none"), (["\"7\""], "7"), (["W/\"7\""], "7"), (["7"], "400"), (["*"], "400"),
            (["\"7\", \"8\""], "400"),
            (["\"7\"", "\"7\""], "400"), (["\"\""], "412"), (["\"x\""], "412"), (["\"0\""], "412"), (["\"07\""], "412"),
            (["\"-1\""], "412"), (["\"99999999999999999999\""], "412"),
        ])
    func version(fields: [String], expected: String) throws {
        #expect(try outcome(fields, PartnersMethods.updatePartner) == expected)
    }

    @Test("a change that takes no version does not ignore If-Match, a reading does")
    func elsewhere() throws {
        #expect(try outcome(["\"7\""], PartnersMethods.registerPartner) == "400")
        #expect(try outcome(["\"7\""], PartnersMethods.getPartner) == "none")
    }

    @Test(
        "an edit without a version is refused, unless the body names it",
        arguments: [
            ("{}", nil, 428), ("", nil, 428), (#"{"expectedVersion":1}"#, nil, 0), (#"{"expected_version":1}"#, nil, 0),
            ("{}", 7, 0), ("nonsense", nil, 0),
        ] as [(String, Int64?, Int)])
    func required(body: String, version: Int64?, status: Int) throws {
        do throws(Problem) {
            try Precondition.requireVersion(version, body: Array(body.utf8), entry(PartnersMethods.updatePartner))
            #expect(status == 0)
        } catch {
            #expect(error.facts.status == status)
        }
    }

    @Test("a reply's version is its ETag")
    func entityTag() throws {
        let json = Array(#"{"id":"p","version":"12"}"#.utf8)
        #expect(try Precondition.entityTag(ofReply: json, entry(PartnersMethods.getPartner)) == "\"12\"")
        #expect(try Precondition.entityTag(ofReply: json, entry(PartnersMethods.listPartners)) == nil)
    }
}
