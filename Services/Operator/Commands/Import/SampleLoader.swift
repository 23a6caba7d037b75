import Contracts
import Foundation
import HTTPClient
import ServiceKit
import Values

/// Puts the example into an empty suite, through the gateway like anybody else.
package struct SampleLoader: Sendable {
    /// `partners.json`: partners and their members, as the bodies of the requests that make them.
    private struct Partners: Decodable {
        /// The body of a RegisterPartnerRequest, with bodies of AddPartnerMemberRequests in `members`.
        struct Entry: Decodable {
            let partner: JSONValue
            let members: [JSONValue]

            init(from decoder: any Decoder) throws {
                guard case .object(var fields) = try JSONValue(from: decoder),
                    case .list(let members) = fields.removeValue(forKey: "members") ?? .list([])
                else {
                    throw DecodingError.dataCorrupted(
                        .init(
                            codingPath: decoder.codingPath,
                            debugDescription: "expected a partner with a list of members"))
                }
                partner = .object(fields)
                self.members = members
            }
        }
        let partners: [Entry]
    }

    private let folder: String
    private let gateway: GatewayAccess
    private let console: Console
    private let identifiers: any IdentifierSource = SystemIdentifiers()

    package init(folder: String, gateway: GatewayAccess, console: Console) {
        self.folder = folder
        self.gateway = gateway
        self.console = console
    }

    /// - Returns: false, having done nothing, if the suite holds a school or a partner already.
    @discardableResult
    package func loadIfEmpty() async throws -> Bool {
        let schools: PartnershipV1.SearchSchoolsReply = try await gateway.call("GET", "/v1/schools?pageSize=1")
        let partners: PartnershipV1.ListPartnersReply = try await gateway.call("GET", "/v1/partners?pageSize=1")
        guard schools.schools.isEmpty, partners.partners.isEmpty else { return false }
        let entries = try readPartners()
        let files = ["edubasealldata.csv", "allgroupsdata.csv", "alllinksdata.csv", "links_edubasealldata.csv"]
        let sources = try GiasSource.all(files.map { "\(folder)/\($0)" })
        console.say("Loading the example from \(folder) …")
        let progress = ImportProgress(console)
        let run = ImportRun<PartnershipV1.GiasImport>(gateway, progress: progress)
        let done = try await run.run(PartnershipV1.CreateGiasImportRequest(), sources.map(\.upload))
        progress.end()
        guard done.state == .succeeded else {
            throw Failure(
                .failure, "the example's register was not loaded: the import \(done.stateWord) \(done.failure)")
        }
        var members = 0
        for entry in entries {
            let partner: PartnershipV1.Partner = try await post("/v1/partners", entry.partner)
            let path = "/v1/partners/\(HTTPRequest.encoded(partner.id))/members"
            for member in entry.members {
                let _: PartnershipV1.PartnerMember = try await post(path, member)
                members += 1
            }
        }
        let rows = done.files.map(\.inserted).reduce(0, +)
        console.say(
            "Loaded \(Figures.grouped(rows)) rows of the register, "
                + "\(entries.count) partners and \(members) members.")
        return true
    }

    private func readPartners() throws(Failure) -> [Partners.Entry] {
        let path = "\(folder)/partners.json"
        do {
            let bytes = try SystemFile.read(path, limit: 4 << 20)
            return try JSONDecoder().decode(Partners.self, from: Data(bytes)).partners
        } catch let error as FileFailure {
            throw Failure(.failure, "cannot read the example: \(error)", advice: "Name its folder with --dir.")
        } catch {
            throw Failure(.failure, "\(path) is not a list of partners: \(error)")
        }
    }

    private func post<Reply: JSONMessage>(_ path: String, _ body: JSONValue) async throws -> Reply {
        try await gateway.call(
            "POST", path, body: .bytes(Array(JSONText.encode(body).utf8)), idempotencyKey: identifiers.next().text)
    }
}
