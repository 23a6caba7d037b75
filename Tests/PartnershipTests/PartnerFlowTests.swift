import Contracts
import Foundation
import RPC
import ServiceKit
import Storage
import TestSupport
import Testing
import Values
import Wire
@testable import PartnershipService

@Suite("Partners over the RPC")
struct PartnerFlowTests {
    let harness: Harness

    init() async throws {
        harness = try Harness(batchRows: 1000)
        _ = try await harness.importSample()
    }

    private func register(_ name: String, _ change: (inout PartnershipV1.RegisterPartnerRequest) -> Void = { _ in })
        async throws -> PartnershipV1.Partner {
        var request = PartnershipV1.RegisterPartnerRequest(name: name, kind: .teachingSchoolAlliance)
        change(&request)
        return try await harness.partners.registerPartner(request)
    }

    @Test("a partner is registered, edited and told about")
    func lifecycle() async throws {
        let partner = try await register("Oak Alliance") {
            $0.leadSchoolUrn = 100_040
            $0.contactEmail = "npq@oak.example"
            $0.agreementFrom = .init(year: 2017, month: 9, day: 1)
            $0.reason = "board decision"
        }
        #expect(partner.status == .active && partner.version == 1 && partner.leadSchoolUrn == 100_040)
        #expect(try await harness.partners.getPartner(.init(id: partner.id)) == partner)
        let edited = try await harness.partners.updatePartner(.init(
            id: partner.id, name: "Oak and Elm Alliance", leadSchoolUrn: 100_040, reason: "renamed",
            expectedVersion: 1))
        #expect(edited.version == 2 && edited.status == .active && edited.contactEmail.isEmpty)
        let stale = await statusOf {
            _ = try await harness.partners.updatePartner(.init(id: partner.id, name: "Ash", expectedVersion: 1))
        }
        #expect(stale?.code == .aborted)
        let same = try await harness.partners.updatePartner(.init(
            id: partner.id, name: "Oak and Elm Alliance", leadSchoolUrn: 100_040, expectedVersion: 2))
        #expect(same.version == 2)
        let history = try await harness.partners.listPartnerHistory(.init(id: partner.id)).entries
        #expect(history.map(\.change) == ["edited", "registered"])
        #expect(history.map(\.reason) == ["renamed", "board decision"])
        #expect(history[0].detailJson.contains("\"name\":[\"Oak Alliance\",\"Oak and Elm Alliance\"]"))
        let events = try await harness.events().filter { $0.event.type.hasPrefix("partner.") }.map(\.event)
        #expect(events.map(\.type) == ["partner.registered", "partner.edited"])
        #expect(events.map(\.subjectVersion) == [1, 2])
        #expect(events[1].payloadType == "olp.partnership.v1.PartnerChanged")
        #expect(try PartnershipV1.PartnerChanged(decoding: events[1].payload).partner == edited)
    }

    @Test("wrong fields are all named; names are taken; unknown things are not found")
    func refusals() async throws {
        let invalid = await statusOf {
            _ = try await register("") {
                $0.kind = .school
                $0.contactEmail = "nobody"
                $0.agreementFrom = .init(year: 2017, month: 2, day: 30)
            }
        }
        #expect(invalid?.code == .invalidArgument)
        #expect(invalid?.message.contains("agreementFrom") == true)
        let rules = await statusOf {
            _ = try await register("") {
                $0.kind = .school
                $0.contactEmail = "nobody"
            }
        }
        let details = try #require(rules.flatMap { StatusDetails.first(GoogleRPC.BadRequest.self, in: $0) })
        #expect(details.fieldViolations.map(\.field) == ["name", "contactEmail", "leadSchoolUrn"])
        _ = try await register("Oak Alliance")
        let taken = await statusOf { _ = try await register("oak  ALLIANCE") }
        #expect(taken?.code == .alreadyExists)
        #expect(await statusOf { _ = try await register("Elm") { $0.kind = .unspecified } }?.code == .invalidArgument)
        #expect(await statusOf { _ = try await register("Elm") { $0.kind = .init(rawValue: 99) } }?.code == .invalidArgument)
        for id in ["", "x", CountedIdentifiers().next().text] {
            #expect(await statusOf { _ = try await harness.partners.getPartner(.init(id: id)) }?.code == .notFound)
        }
        let closed = await statusOf { _ = try await register("Ash") { $0.leadSchoolUrn = 100_107 } }
        #expect(closed?.code == .failedPrecondition && closed?.message.contains("137260") == true)
        let welsh = await statusOf { _ = try await register("Ash") { $0.leadSchoolUrn = 401_628 } }
        #expect(welsh?.code == .failedPrecondition)
        let sponsor = await statusOf {
            _ = try await register("Ash") {
                $0.kind = .multiAcademyTrust
                $0.groupUid = 2083
            }
        }
        #expect(sponsor?.code == .failedPrecondition)
    }

    @Test("a name is free again when its partner has ended")
    func endedNames() async throws {
        let old = try await register("Oak Alliance")
        _ = try await harness.partners.updatePartner(.init(id: old.id, name: "Oak Alliance", status: .ended))
        let new = try await register("Oak Alliance")
        let again = await statusOf {
            _ = try await harness.partners.updatePartner(.init(
                id: old.id, name: "Oak Alliance", status: .active, reason: "renewed"))
        }
        #expect(again?.code == .alreadyExists)
        _ = try await harness.partners.updatePartner(.init(id: new.id, name: "Elm Alliance"))
        let reopened = try await harness.partners.updatePartner(.init(
            id: old.id, name: "Oak Alliance", status: .active, reason: "renewed"))
        #expect(reopened.status == .active)
    }

    @Test("the same key does the same thing once")
    func idempotency() async throws {
        let options = CallOptions(idempotencyKey: "one")
        let request = PartnershipV1.RegisterPartnerRequest(name: "Oak", kind: .teachingSchoolHub)
        let first = try await harness.partners.registerPartner(request, options: options)
        let second = try await harness.partners.registerPartner(request, options: options)
        #expect(first == second)
        #expect(try await harness.partners.listPartners(.init()).partners.count == 1)
        let other = await statusOf {
            _ = try await harness.partners.registerPartner(.init(name: "Elm", kind: .teachingSchoolHub), options: options)
        }
        #expect(other?.code == .failedPrecondition)
    }

    @Test("schools belong to a partner on some days")
    func members() async throws {
        let partner = try await register("Oak Alliance")
        let member = try await harness.partners.addPartnerMember(.init(partnerId: partner.id, schoolUrn: 100_040))
        #expect(member.from == .init(year: 2017, month: 9, day: 29) && member.to == nil && member.version == 1)
        #expect(member.schoolName == "Markcombe Infant and Nursery School")
        let overlap = await statusOf {
            _ = try await harness.partners.addPartnerMember(.init(
                partnerId: partner.id, schoolUrn: 100_040, from: .init(year: 2018, month: 1, day: 1)))
        }
        #expect(overlap?.code == .failedPrecondition)
        let ended = try await harness.partners.updatePartnerMember(.init(
            partnerId: partner.id, id: member.id, from: member.from, to: .init(year: 2017, month: 12, day: 31),
            expectedVersion: 1))
        #expect(ended.version == 2)
        _ = try await harness.partners.addPartnerMember(.init(
            partnerId: partner.id, schoolUrn: 100_040, from: .init(year: 2018, month: 1, day: 1)))
        let closed = await statusOf {
            _ = try await harness.partners.addPartnerMember(.init(partnerId: partner.id, schoolUrn: 109_999_999))
        }
        #expect(closed?.code == .invalidArgument)
        let members = try await harness.partners.listPartnerMembers(.init(partnerId: partner.id)).members
        #expect(members.count == 2)
        let then = try await harness.partners.listPartnerMembers(.init(
            partnerId: partner.id, asOf: .init(year: 2017, month: 12, day: 31))).members
        #expect(then.map(\.id) == [member.id])
        func partners(on day: CommonV1.Date) async throws -> Int {
            try await harness.partners.listPartners(.init(schoolUrn: 100_040, asOf: day)).partners.count
        }
        #expect(try await partners(on: .init(year: 2017, month: 9, day: 28)) == 0)
        #expect(try await partners(on: .init(year: 2019, month: 1, day: 1)) == 1)
        let history = try await harness.partners.listPartnerHistory(.init(id: partner.id)).entries
        #expect(history.map(\.change) == ["member-added", "member-edited", "member-added", "registered"])
        #expect(history.map(\.version) == [4, 3, 2, 1])
        let types = try await harness.events().map(\.event.type).filter { $0.hasPrefix("partner.member") }
        #expect(types == ["partner.member-added", "partner.member-edited", "partner.member-added"])
    }

    @Test("lists are filtered and paged, and tokens belong to their list")
    func lists() async throws {
        for number in 1...7 {
            _ = try await register("Saint Oak’s Alliance \(number)") {
                $0.kind = number.isMultiple(of: 2) ? .teachingSchoolHub : .teachingSchoolAlliance
                $0.status = number == 7 ? .prospect : .active
                if number < 3 { $0.agreementFrom = .init(year: 2017, month: 9, day: 1) }
            }
        }
        func list(_ change: (inout PartnershipV1.ListPartnersRequest) -> Void) async throws -> [String] {
            var request = PartnershipV1.ListPartnersRequest()
            change(&request)
            return try await harness.partners.listPartners(request).partners.map { String($0.name.suffix(1)) }
        }
        #expect(try await list { $0.query = "st oaks" } == ["1", "2", "3", "4", "5", "6", "7"])
        #expect(try await list { $0.query = "oaks 3" } == ["3"])
        #expect(try await list { $0.query = "%" } == ["1", "2", "3", "4", "5", "6", "7"])
        #expect(try await list { $0.kind = [.teachingSchoolHub] } == ["2", "4", "6"])
        #expect(try await list { $0.status = [.prospect] } == ["7"])
        #expect(try await list { $0.inAgreement = true } == ["1", "2"])
        var names: [String] = []
        var token = ""
        repeat {
            let page = try await harness.partners.listPartners(.init(pageSize: 3, pageToken: token))
            names += page.partners.map { String($0.name.suffix(1)) }
            token = page.nextPageToken
        } while !token.isEmpty
        #expect(names == ["1", "2", "3", "4", "5", "6", "7"])
        let first = try await harness.partners.listPartners(.init(pageSize: 3))
        let foreign = await statusOf {
            _ = try await harness.partners.listPartners(.init(query: "oak", pageSize: 3, pageToken: first.nextPageToken))
        }
        #expect(foreign?.code == .invalidArgument)
        #expect(await statusOf { _ = try await harness.partners.listPartners(.init(pageSize: 101)) }?.code == .invalidArgument)
        #expect(await statusOf { _ = try await harness.partners.listPartners(.init(pageSize: -1)) }?.code == .invalidArgument)
    }

    @Test("the sample's own partners can be registered with all their members")
    func samplePartners() async throws {
        let text = String(decoding: try TestData.bytes(TestData.sample.appending(path: "partners.json")), as: UTF8.self)
        let sample = try SamplePartners(text)
        #expect(sample.partners.count == 13)
        for (request, members) in sample.partners {
            let partner = try await harness.partners.registerPartner(request)
            for var member in members {
                member.partnerId = partner.id
                _ = try await harness.partners.addPartnerMember(member)
            }
        }
    }
}
