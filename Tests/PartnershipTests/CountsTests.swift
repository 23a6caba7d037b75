import Contracts
import RPC
import Storage
import TestSupport
import Testing
import Values
import Wire
@testable import PartnershipService

@Suite("Counts of a partner's schools")
struct CountsTests {
    private static let today = CommonV1.Date(year: 2017, month: 9, day: 29)

    let harness: Harness

    init() async throws {
        harness = try Harness(batchRows: 1000)
        _ = try await harness.importSample()
    }

    /// Open schools of the sample.
    private func someSchools(_ count: Int32) async throws -> [PartnershipV1.School] {
        try await harness.schools.searchSchools(.init(selectableOnly: true, pageSize: count)).schools
    }

    private func partner(_ name: String) async throws -> String {
        try await harness.partners.registerPartner(.init(name: name, kind: .teachingSchoolAlliance)).id
    }

    private func counts(_ id: String, on day: CommonV1.Date? = nil) async throws -> PartnershipV1.PartnerCounts {
        try await harness.partners.getPartnerCounts(.init(id: id, asOf: day))
    }

    @Test("a person counts where they work now; what they take part in, where they were when they applied")
    func attribution() async throws {
        let urns = try await someSchools(2).map(\.urn)
        let (oak, elm) = (try await partner("Oak"), try await partner("Elm"))
        _ = try await harness.partners.addPartnerMember(.init(partnerId: oak, schoolUrn: urns[0]))
        _ = try await harness.partners.addPartnerMember(.init(partnerId: elm, schoolUrn: urns[1]))
        var others = OtherServices()
        let (person, application, booking, event) = (others.newID(), others.newID(), others.newID(), others.newID())
        others.candidates[person] = .init(urn: urns[0])
        try await harness.hear(others.told(candidate: person))
        #expect(try await counts(oak).candidates == 0)

        others.applications[application] = .init(candidate: person, urn: urns[0], partner: elm)
        try await harness.hear(others.told(application: application))
        #expect(try await counts(oak).atSchools == [1, 0, 0, 0])
        #expect(try await counts(elm).own == [1, 0, 0])

        others.applications[application]?.approval = .accepted
        others.applications[application]?.training = .deferred
        others.applications[application]?.version = 2
        try await harness.hear(others.told(application: application))
        others.bookings[booking] = .init(urn: urns[0])
        try await harness.hear(others.told(booking: booking))
        others.events[event] = .init(urn: urns[1], partner: oak)
        try await harness.hear(others.told(event: event))
        others.candidates[person] = .init(urn: urns[1], version: 2)
        try await harness.hear(others.told(candidate: person))

        let (atOak, atElm) = (try await counts(oak), try await counts(elm))
        #expect(atOak.schools.map(\.schoolUrn) == [urns[0]])
        #expect(atOak.atSchools == [0, 1, 1, 0] && atOak.own == [0, 0, 1])
        #expect(atElm.atSchools == [1, 0, 0, 1] && atElm.own == [1, 1, 0])
    }

    @Test("the schools are those of the day that is asked for")
    func membersOfTheDay() async throws {
        let schools = try await someSchools(3)
        let oak = try await partner("Oak")
        func join(_ urn: Int64, _ from: CommonV1.Date, _ to: CommonV1.Date?) async throws {
            _ = try await harness.partners.addPartnerMember(.init(partnerId: oak, schoolUrn: urn, from: from, to: to))
        }
        try await join(schools[0].urn, .init(year: 2017, month: 1, day: 1), .init(year: 2017, month: 9, day: 28))
        try await join(schools[1].urn, .init(year: 2017, month: 1, day: 1), nil)
        try await join(schools[2].urn, .init(year: 2017, month: 9, day: 30), nil)
        try await join(schools[0].urn, .init(year: 2017, month: 10, day: 2), nil)
        func urns(_ day: CommonV1.Date?) async throws -> Set<Int64> {
            Set(try await counts(oak, on: day).schools.map(\.schoolUrn))
        }
        let all = schools.map(\.urn)
        #expect(try await urns(.init(year: 2016, month: 12, day: 31)).isEmpty)
        #expect(try await urns(.init(year: 2017, month: 9, day: 28)) == [all[0], all[1]])
        #expect(try await urns(nil) == [all[1]])
        #expect(try await counts(oak).asOf == Self.today)
        #expect(try await urns(.init(year: 2017, month: 9, day: 30)) == [all[1], all[2]])
        #expect(try await urns(.init(year: 2017, month: 10, day: 2)) == Set(all))
        // 23:30 UTC in summer is the next day in London.
        harness.wallClock.advance(by: .seconds(10 * 3600 + 1800))
        #expect(try await counts(oak).asOf == .init(year: 2017, month: 9, day: 30))
    }

    @Test("unknown partners and impossible days are refused")
    func refusals() async throws {
        for id in ["", "x", CountedIdentifiers().next().text] {
            #expect(await statusOf { _ = try await counts(id) }?.code == .notFound)
        }
        let oak = try await partner("Oak")
        let day = await statusOf { _ = try await counts(oak, on: .init(year: 2017, month: 2, day: 30)) }
        #expect(day?.code == .invalidArgument)
        #expect(try await counts(oak) == .init(partnerId: oak, asOf: Self.today))
    }

    @Test("what cannot be a URN or a partner of ours counts for none; what is not known yet counts by what it is not")
    func oddities() async throws {
        let urn = try await someSchools(1)[0].urn
        let oak = try await partner("Oak")
        _ = try await harness.partners.addPartnerMember(.init(partnerId: oak, schoolUrn: urn))
        var others = OtherServices()
        let ids = (1...3).map { _ in others.newID() }
        for (id, urn) in zip(ids, [0, -1, Int64.max]) { others.events[id] = .init(urn: urn, partner: "no id") }
        for id in ids { try await harness.hear(others.told(event: id)) }
        #expect(try await harness.count("school_counts") == 0)
        #expect(try await harness.count("partner_counts") == 0)
        let (later, booking) = (others.newID(), others.newID())
        others.events[later] = .init(urn: urn, partner: oak, status: .init(rawValue: 77))
        others.bookings[booking] = .init(urn: urn, status: .init(rawValue: 77))
        try await harness.hear(others.told(event: later))
        try await harness.hear(others.told(booking: booking))
        let found = try await counts(oak)
        #expect(found.events == 1 && found.ownEvents == 1 && found.places == 0)
        // An application that comes before its person, as it may not, waits for the school.
        let (person, application) = (others.newID(), others.newID())
        others.applications[application] = .init(candidate: person, urn: urn)
        try await harness.hear(others.told(application: application))
        #expect(try await counts(oak).candidates == 0)
        others.candidates[person] = .init(urn: urn)
        try await harness.hear(others.told(candidate: person))
        #expect(try await counts(oak).candidates == 1)
    }

    @Test("an event that cannot be read is an error, and nobody's name is kept")
    func payloads() async throws {
        var others = OtherServices()
        let person = others.newID()
        others.candidates[person] = .init(urn: 100_040)
        var told = others.told(candidate: person)
        try await harness.hear(told)
        told.payload = [0xFF, 0xFF]
        let broken = told
        await #expect(throws: WireError.self) { () async throws in try await harness.hear(broken) }
        told.payloadType = "olp.training_events.v1.WaitingChanged"
        try await harness.hear(told)
        let kept = try await harness.store.read { reader in
            try reader.rows("SELECT * FROM counted_candidates").map { "\($0.values)" }
        }
        #expect(kept.count == 1 && !kept[0].contains("Ada"))
    }
}

extension PartnershipV1.PartnerCounts {
    fileprivate var atSchools: [Int64] { [candidates, participants, places, events] }
    fileprivate var own: [Int64] { [ownApplications, ownParticipants, ownEvents] }
}
