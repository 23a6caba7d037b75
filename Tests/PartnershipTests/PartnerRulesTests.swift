import ServiceKit
import Testing
import Values
@testable import PartnershipService

@Suite("Rules for partners")
struct PartnerRulesTests {
    static let urn = URN(number: 100_040)!
    static let other = URN(number: 100_080)!
    static let school = SchoolFacts(name: "Oak School", status: .open, isInEngland: true, successors: [])
    static let trust = GroupFacts(name: "OAK TRUST", typeCode: "06", isOpen: true)

    static func details(_ change: (inout PartnerDetails) -> Void = { _ in }) -> PartnerDetails {
        var details = PartnerDetails(name: "Oak Alliance", status: .active)
        change(&details)
        return details
    }

    static func partner(_ status: PartnerStatus = .active, kind: PartnerKind = .teachingSchoolAlliance) -> Partner {
        Partner(id: CountedIdentifiers().next(), kind: kind, details: details { $0.status = status },
                createdAt: .epoch, updatedAt: .epoch, version: 3)
    }

    func faults(_ details: PartnerDetails, reason: String = "") -> [String] {
        faults(.teachingSchoolAlliance, details, reason: reason)
    }

    func faults(_ kind: PartnerKind, _ details: PartnerDetails, reason: String = "",
                facts: PartnerFacts = PartnerFacts()) -> [String] {
        do throws(PartnerRefusal) {
            try PartnerRules.checkNew(kind, details, reason: reason, facts)
            return []
        } catch {
            guard case .invalid(let faults) = error else { return ["\(error)"] }
            return faults.map(\.field)
        }
    }

    @Test("names have a length and no control characters")
    func names() {
        #expect(faults(Self.details()) == [])
        #expect(faults(Self.details { $0.name = "" }) == ["name"])
        #expect(faults(Self.details { $0.name = "  " }) == ["name"])
        #expect(faults(Self.details { $0.name = "Oak " }) == ["name"])
        #expect(faults(Self.details { $0.name = String(repeating: "é", count: 200) }) == [])
        #expect(faults(Self.details { $0.name = String(repeating: "é", count: 201) }) == ["name"])
        #expect(faults(Self.details { $0.name = "Oak\nAlliance" }) == ["name"])
        #expect(faults(Self.details { $0.name = "Oak\u{0}" }) == ["name"])
        #expect(faults(Self.details { $0.contactName = "a\u{7}b" }) == ["contactName"])
        #expect(faults(Self.details { $0.notes = "one\ntwo\tthree" }) == [])
        #expect(faults(Self.details { $0.notes = "a\u{1B}" }) == ["notes"])
        #expect(faults(Self.details(), reason: String(repeating: "x", count: 1001)) == ["reason"])
    }

    @Test("an e-mail address has its shape", arguments: [
        ("", true), ("a@b.example", true), ("office+npq@oak.sch.example", true), ("a", false), ("a@b", false), ("@b.example", false),
        ("a@b@c.example", false), ("a b@c.example", false), ("a@.example", false), ("a@b.", false), ("a@b.example\n", false),
    ])
    func emails(text: String, isGood: Bool) {
        #expect(faults(Self.details { $0.contactEmail = text }).isEmpty == isGood)
    }

    @Test("an agreement begins before it ends")
    func agreement() throws {
        let (first, second) = (CalendarDate(iso: "2017-09-01"), CalendarDate(iso: "2018-08-31"))
        #expect(faults(Self.details { ($0.agreementFrom, $0.agreementTo) = (first, second) }) == [])
        #expect(faults(Self.details { ($0.agreementFrom, $0.agreementTo) = (first, first) }) == [])
        #expect(faults(Self.details { ($0.agreementFrom, $0.agreementTo) = (second, first) }) == ["agreementTo"])
        #expect(faults(Self.details { $0.agreementTo = second }) == ["agreementFrom"])
        #expect(faults(Self.details { $0.agreementFrom = first }) == [])
    }

    @Test("each kind has its own fields")
    func kinds() {
        let withGroup = Self.details { $0.groupUID = 2119 }
        #expect(faults(.teachingSchoolAlliance, withGroup) == ["groupUid"])
        #expect(faults(.multiAcademyTrust, withGroup, facts: PartnerFacts(group: Self.trust)) == [])
        #expect(faults(.school, Self.details()) == ["leadSchoolUrn"])
        let withSchool = Self.details { $0.leadSchool = Self.urn }
        #expect(faults(.school, withSchool, facts: PartnerFacts(leadSchool: Self.school)) == [])
        #expect(faults(Self.details { $0.status = .ended }) == ["status"])
    }

    @Test("groups and schools must be such as the register holds them")
    func held() {
        func message(_ kind: PartnerKind, _ details: PartnerDetails, _ facts: PartnerFacts) -> String {
            do throws(PartnerRefusal) {
                try PartnerRules.checkNew(kind, details, reason: "", facts)
                return ""
            } catch {
                guard case .precondition(_, let message) = error else { return "\(error)" }
                return message
            }
        }
        let withGroup = Self.details { $0.groupUID = 2119 }
        #expect(message(.multiAcademyTrust, withGroup, PartnerFacts()).contains("holds no group 2119"))
        var group = Self.trust
        group.typeCode = "05"
        #expect(message(.multiAcademyTrust, withGroup, PartnerFacts(group: group)).contains("not an academy trust"))
        group = Self.trust
        group.isOpen = false
        #expect(message(.multiAcademyTrust, withGroup, PartnerFacts(group: group)).contains("closed"))
        let withSchool = Self.details { $0.leadSchool = Self.urn }
        #expect(message(.school, withSchool, PartnerFacts()).contains("holds no school 100040"))
        var school = Self.school
        school.isInEngland = false
        #expect(message(.school, withSchool, PartnerFacts(leadSchool: school)).contains("not in England"))
        school = Self.school
        school.status = .closed
        #expect(message(.school, withSchool, PartnerFacts(leadSchool: school)).contains("no successor"))
        school.successors = [Self.other]
        #expect(message(.school, withSchool, PartnerFacts(leadSchool: school)).contains("100080: use that URN"))
        #expect(throws: PartnerRefusal.nameInUse(name: "Oak Alliance")) {
            try PartnerRules.checkNew(.teachingSchoolHub, Self.details(), reason: "", PartnerFacts(nameIsInUse: true))
        }
    }

    @Test("a status changes only in these ways", arguments: PartnerStatus.allCases, PartnerStatus.allCases)
    func transitions(from: PartnerStatus, to: PartnerStatus) {
        let allowed: Set<[PartnerStatus]> = [
            [.prospect, .prospect], [.prospect, .active], [.prospect, .ended], [.active, .active], [.active, .ended],
            [.ended, .ended], [.ended, .active],
        ]
        let isGood = (try? PartnerRules.checkChange(
            of: Self.partner(from), to: Self.details { $0.status = to }, expectedVersion: 3, reason: "because",
            PartnerFacts())) != nil
        #expect(isGood == allowed.contains([from, to]))
    }

    @Test("an ended partner is taken on again only with a reason, and only if its name is free")
    func reopening() {
        let active = Self.details()
        #expect(throws: PartnerRefusal.self) {
            try PartnerRules.checkChange(of: Self.partner(.ended), to: active, expectedVersion: 3, reason: " ",
                                         PartnerFacts())
        }
        #expect(throws: PartnerRefusal.nameInUse(name: "Oak Alliance")) {
            try PartnerRules.checkChange(of: Self.partner(.ended), to: active, expectedVersion: 3, reason: "renewed",
                                         PartnerFacts(nameIsInUse: true))
        }
    }

    @Test("an edit of an old version is refused; one that names none is not")
    func versions() throws {
        try PartnerRules.checkChange(of: Self.partner(), to: Self.details(), expectedVersion: 0, reason: "", PartnerFacts())
        #expect(throws: PartnerRefusal.versionIsOld(expected: 2, actual: 3)) {
            try PartnerRules.checkChange(of: Self.partner(), to: Self.details(), expectedVersion: 2, reason: "",
                                         PartnerFacts())
        }
    }

    @Test("a lead school that has closed since does not stand in the way of other edits")
    func unchangedSchool() throws {
        var held = Self.partner()
        held.details.leadSchool = Self.urn
        var closed = Self.school
        closed.status = .closed
        var details = held.details
        details.notes = "new telephone number"
        try PartnerRules.checkChange(of: held, to: details, expectedVersion: 3, reason: "",
                                     PartnerFacts(leadSchool: closed))
        details.leadSchool = Self.other
        #expect(throws: PartnerRefusal.self) {
            try PartnerRules.checkChange(of: held, to: details, expectedVersion: 3, reason: "",
                                         PartnerFacts(leadSchool: closed))
        }
    }

    @Test("memberships of one school do not share a day", arguments: [
        ("2017-01-01", "2017-12-31", "2018-01-01", nil, true), ("2017-01-01", "2017-12-31", "2017-12-31", nil, false),
        ("2017-01-01", nil, "2016-01-01", "2016-12-31", true), ("2017-01-01", nil, "2016-01-01", "2017-01-01", false),
        ("2017-01-01", nil, "2020-01-01", nil, false), ("2017-01-01", "2017-01-01", "2017-01-02", "2017-01-02", true),
    ] as [(String, String?, String, String?, Bool)])
    func overlaps(from: String, to: String?, newFrom: String, newTo: String?, isGood: Bool) throws {
        let ids = CountedIdentifiers()
        let partner = Self.partner()
        let held = PartnerMember(id: ids.next(), partnerID: partner.id, urn: Self.urn,
                                 from: try #require(CalendarDate(iso: from)), to: to.flatMap { CalendarDate(iso: $0) },
                                 version: 1)
        let (first, last) = (try #require(CalendarDate(iso: newFrom)), newTo.flatMap { CalendarDate(iso: $0) })
        let added = (try? MemberRules.checkNew(of: partner, school: Self.urn, Self.school, from: first, to: last,
                                               reason: "", others: [held])) != nil
        #expect(added == isGood)
        // Its own days are no obstacle to a change of them.
        try MemberRules.checkChange(of: held, from: first, to: last, expectedVersion: 1, reason: "", others: [held])
    }

    @Test("schools join partners that have not ended, and end after they begin")
    func members() throws {
        let day = try #require(CalendarDate(iso: "2017-09-01"))
        #expect(throws: PartnerRefusal.self) {
            try MemberRules.checkNew(of: Self.partner(.ended), school: Self.urn, Self.school, from: day, to: nil,
                                     reason: "", others: [])
        }
        #expect(throws: PartnerRefusal.self) {
            try MemberRules.checkNew(of: Self.partner(), school: Self.urn, Self.school, from: day,
                                     to: day.adding(days: -1), reason: "", others: [])
        }
        #expect(throws: PartnerRefusal.self) {
            try MemberRules.checkNew(of: Self.partner(), school: Self.urn, nil, from: day, to: nil, reason: "", others: [])
        }
    }

    @Test("the history tells what changed, and hides what is personal")
    func history() {
        let old = Self.details { $0.contactName = "A"; $0.notes = "say \"hi\"\n" }
        let new = Self.details { $0.contactName = "B"; $0.name = "Elm" }
        #expect(ChangedFields.json(from: old.contents, to: new.contents, hidden: PartnerDetails.personalFields) == #"""
            {"name":["Oak Alliance","Elm"],"contactName":["…","…"],"notes":["say \"hi\"\n",""]}
            """#)
    }

    @Test("decisions on memberships of groups")
    func groupMemberships() throws {
        let early = try #require(CalendarDate(iso: "2012-01-01"))
        let late = try #require(CalendarDate(iso: "2017-10-02"))
        func decide(_ uid: Int, _ joined: CalendarDate?, exclusive: Bool = true,
                    _ held: [HeldMembership]) -> MembershipDecision {
            MembershipDecision.decide(GroupMembership(urn: Self.urn, groupUID: uid, joinedOn: joined),
                                      isExclusive: exclusive, held: held)
        }
        let trust = HeldMembership(groupUID: 1, isExclusive: true, joinedOn: early, isEnded: false)
        let left = HeldMembership(groupUID: 1, isExclusive: true, joinedOn: early, isEnded: true)
        let sponsor = HeldMembership(groupUID: 9, isExclusive: false, joinedOn: early, isEnded: false)
        #expect(decide(1, early, []) == .insert(ending: []))
        #expect(decide(1, early, [trust]) == .unchanged)
        #expect(decide(1, late, [trust]) == .update(ending: []))
        #expect(decide(2, late, [trust, sponsor]) == .insert(ending: [1]))
        #expect(decide(2, early, [HeldMembership(groupUID: 1, isExclusive: true, joinedOn: late, isEnded: false)]) == .stale)
        #expect(decide(2, nil, [trust]) == .stale)
        #expect(decide(9, late, exclusive: false, [trust]) == .insert(ending: []))
        #expect(decide(1, early, [left]) == .stale)
        #expect(decide(1, late, [left]) == .update(ending: []))
    }
}
