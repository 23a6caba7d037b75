import Contracts
import TestSupport

/// Registers partners, edits them, and lets schools join and leave them. Nobody else touches these.
struct PartnerClient: OfficeClient {
    let client: KeyedClient
    let office: Office
    var random: SeededGenerator

    mutating func run() async throws {
        for number in 1... {
            var partner: PartnershipV1.Partner = try await client.writeAlone(.registerPartner, "POST", "/v1/partners") {
                PartnershipV1.RegisterPartnerRequest(
                    name: "\(client.name) \(number)", kind: .teachingSchoolHub, reason: $0)
            }
            expect(partner.version, 1, partner.id)
            office.add(partner: partner.id)
            for edit in 1...2 {
                let before = partner
                partner = try await client.writeAlone(
                    .editPartner, "PUT", "/v1/partners/\(before.id)", version: before.version
                ) {
                    PartnershipV1.UpdatePartnerRequest(
                        name: before.name, status: .active, notes: "edit \(edit)", reason: $0)
                }
                expect(partner.version, before.version + 1, partner.id)
            }
            try await members(of: partner)
        }
    }

    private mutating func members(of partner: PartnershipV1.Partner) async throws {
        for school in office.schools.shuffled(using: &random).prefix(2) {
            let path = "/v1/partners/\(partner.id)/members"
            let member: PartnershipV1.PartnerMember = try await client.writeAlone(.addMember, "POST", path) {
                PartnershipV1.AddPartnerMemberRequest(schoolUrn: school, from: .today(plus: -10), reason: $0)
            }
            expect(member.version, 1, member.id)
            guard Bool.random(using: &random) else { continue }
            let ended: PartnershipV1.PartnerMember = try await client.writeAlone(
                .changeMember, "PUT", "\(path)/\(member.id)", version: member.version
            ) {
                PartnershipV1.UpdatePartnerMemberRequest(from: member.from, to: .today(plus: -1), reason: $0)
            }
            expect(ended.version, 2, member.id)
        }
    }

    private func expect(_ version: Int64, _ expected: Int64, _ id: String) {
        if version != expected { client.journal.violate("\(id) has version \(version), expected \(expected)") }
    }
}
