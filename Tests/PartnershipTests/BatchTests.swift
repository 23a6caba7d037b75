import Contracts
import RPC
import TestSupport
import Testing
import Values
@testable import PartnershipService

@Suite("Several records by one call")
struct BatchTests {
    let harness: Harness

    init() async throws {
        harness = try Harness(batchRows: 1000)
    }

    @Test("partners come in the order asked for, without those that do not exist")
    func partners() async throws {
        var ids: [String] = []
        for number in 1...12 {
            let partner = try await harness.partners.registerPartner(.init(
                name: "Oak Alliance \(number)", kind: .teachingSchoolAlliance))
            ids.append(partner.id)
        }
        let asked = [ids[11], CountedIdentifiers().next().text, ids[0], "no id", "", ids[5], ids[0]]
        let found = try await harness.partners.batchGetPartners(.init(ids: asked)).partners
        #expect(found.map(\.id) == [ids[11], ids[0], ids[5], ids[0]])
        #expect(try await harness.partners.getPartner(.init(id: ids[11])) == found[0])
        #expect(try await harness.partners.batchGetPartners(.init(ids: ids.reversed())).partners.map(\.id) == ids.reversed())
        #expect(try await harness.partners.batchGetPartners(.init()).partners.isEmpty)
        let most = Array(repeating: ids[3], count: 200)
        #expect(try await harness.partners.batchGetPartners(.init(ids: most)).partners.count == 200)
        let more = await statusOf { _ = try await harness.partners.batchGetPartners(.init(ids: most + [ids[3]])) }
        #expect(more?.code == .invalidArgument)
    }

    @Test("schools come in the order asked for, without those that the register does not hold")
    func schools() async throws {
        _ = try await harness.importSample()
        let asked: [Int64] = [100_107, 0, -5, 999_999, 100_040, .max, .min, 100_107]
        let found = try await harness.schools.batchGetSchools(.init(urns: asked)).schools
        #expect(found.map(\.urn) == [100_107, 100_040, 100_107])
        var alone = try await harness.schools.getSchool(.init(urn: 100_107))
        #expect(!alone.links.isEmpty)
        (alone.groups, alone.links) = ([], [])
        #expect(found[0] == alone)
        #expect(try await harness.schools.batchGetSchools(.init()).schools.isEmpty)
        let most = [Int64](repeating: 100_040, count: 200)
        #expect(try await harness.schools.batchGetSchools(.init(urns: most)).schools.count == 200)
        let more = await statusOf { _ = try await harness.schools.batchGetSchools(.init(urns: most + [100_040])) }
        #expect(more?.code == .invalidArgument)
    }
}
