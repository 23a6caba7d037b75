import Contracts
import ServiceKit
import Storage
import TestSupport
import Testing
import Values
@testable import PartnershipService

/// Random changes of the other services and of memberships, with events that come again, against a recount of everything.
@Suite("Counts against a recount")
struct CountsModelTests {
    private struct Membership {
        var id: String
        var partner: String
        var urn: Int64
        var from: CalendarDate
        var to: CalendarDate?

        func covers(_ day: CalendarDate) -> Bool { from <= day && day <= to ?? .last }
    }

    private struct World {
        let harness: Harness
        var random: SeededGenerator
        let schools: [PartnershipV1.School]
        var partners: [String] = []
        var memberships: [Membership] = []
        var others = OtherServices()
        /// What each feed has said so far.
        var enrolment: [StoredEvent] = []
        var training: [StoredEvent] = []

        init(_ harness: Harness, _ random: SeededGenerator) async throws {
            self.harness = harness
            self.random = random
            schools = try await harness.schools.searchSchools(.init(selectableOnly: true, pageSize: 8)).schools
            for name in ["Oak", "Elm", "Ash"] {
                let partner = try await harness.partners.registerPartner(.init(name: name, kind: .teachingSchoolHub))
                partners.append(partner.id)
            }
        }

        mutating func school() -> Int64? {
            Int.random(in: 0..<6, using: &random) == 0 ? nil : schools.randomElement(using: &random)?.urn
        }

        mutating func partner() -> String? {
            Int.random(in: 0..<3, using: &random) == 0 ? nil : partners.randomElement(using: &random)
        }

        mutating func day() -> CalendarDate {
            CalendarDate(year: 2017, month: 9, day: Int.random(in: 1...30, using: &random)) ?? .last
        }

        mutating func pick<Value>(_ records: [String: Value]) -> String? {
            records.keys.sorted().randomElement(using: &random)
        }

        /// Changes something at random, and says what the feeds would.
        mutating func step() {
            switch Int.random(in: 0..<10, using: &random) {
            case 0: changeCandidate(others.newID())
            case 1: if let id = pick(others.candidates) { changeCandidate(id) }
            case 2, 3: submit()
            case 4, 5: if let id = pick(others.applications) { decide(id) }
            case 6: book()
            case 7: if let id = pick(others.bookings) { end(id) }
            case 8: changeEvent(others.newID())
            default: if let id = pick(others.events) { changeEvent(id) }
            }
        }

        private mutating func changeCandidate(_ id: String) {
            let version = (others.candidates[id]?.version ?? 0) + 1
            others.candidates[id] = .init(urn: school(), version: version)
            enrolment.append(others.told(candidate: id))
        }

        private mutating func submit() {
            guard let person = pick(others.candidates) else { return }
            let id = others.newID()
            others.applications[id] = .init(candidate: person, urn: others.candidates[person]?.urn, partner: partner())
            enrolment.append(others.told(application: id))
        }

        private mutating func decide(_ id: String) {
            guard var application = others.applications[id] else { return }
            application.approval = [.pending, .accepted, .accepted, .rejected].randomElement(using: &random) ?? .pending
            application.training = [.active, .deferred, .withdrawn].randomElement(using: &random) ?? .active
            application.version += 1
            others.applications[id] = application
            enrolment.append(others.told(application: id))
        }

        private mutating func book() {
            guard let application = pick(others.applications) else { return }
            let id = others.newID()
            others.bookings[id] = .init(urn: others.applications[application]?.urn)
            training.append(others.told(booking: id))
        }

        private mutating func end(_ id: String) {
            let ends: [TrainingEventsV1.BookingStatus] = [.cancelled, .moved, .released]
            others.bookings[id]?.status = ends.randomElement(using: &random) ?? .cancelled
            others.bookings[id]?.version += 1
            training.append(others.told(booking: id))
        }

        private mutating func changeEvent(_ id: String) {
            let held = others.events[id]
            let states: [TrainingEventsV1.EventStatus] = [.scheduled, .scheduled, .held, .cancelled]
            others.events[id] = .init(
                urn: school(), partner: held == nil ? partner() : held?.partner,
                status: states.randomElement(using: &random) ?? .scheduled, version: (held?.version ?? 0) + 1)
            training.append(others.told(event: id))
        }

        /// A school joins a partner, or one's days change; refused where the school is a member on one of the days.
        mutating func changeMembership() async throws {
            let from = day()
            let to = Bool.random(using: &random) ? nil : max(from, day())
            if Bool.random(using: &random), let index = memberships.indices.randomElement(using: &random) {
                let member = memberships[index]
                let refused = await statusOf {
                    _ = try await harness.partners.updatePartnerMember(.init(
                        partnerId: member.partner, id: member.id, from: .init(from), to: to.map { .init($0) }))
                }
                if refused == nil { (memberships[index].from, memberships[index].to) = (from, to) }
                return
            }
            guard let partner = partners.randomElement(using: &random),
                  let urn = schools.randomElement(using: &random)?.urn else { return }
            var id: String?
            _ = await statusOf {
                id = try await harness.partners.addPartnerMember(.init(
                    partnerId: partner, schoolUrn: urn, from: .init(from), to: to.map { .init($0) })).id
            }
            if let id { memberships.append(Membership(id: id, partner: partner, urn: urn, from: from, to: to)) }
        }

        /// Compares the counts of every partner on some day with the recount.
        mutating func check() async throws {
            let day = day()
            for partner in partners {
                let members = schools.filter { school in
                    memberships.contains { $0.partner == partner && $0.urn == school.urn && $0.covers(day) }
                }
                let expected = others.counts(
                    of: partner, on: .init(day), members: members.map { others.counts(at: $0.urn, named: $0.name) })
                let found = try await harness.partners.getPartnerCounts(.init(id: partner, asOf: .init(day)))
                #expect(found.schools.map(\.schoolName) == found.schools.map(\.schoolName).sorted())
                #expect(found.inURNOrder == expected.inURNOrder)
            }
        }
    }

    @Test("whatever happens, and however often it is told, the counts are those of a recount")
    func random() async throws {
        let harness = try Harness(batchRows: 1000)
        _ = try await harness.importSample()
        var world = try await World(harness, Seed.generator(for: "counts against a recount"))
        for number in 1...1500 {
            let told = (world.enrolment.count, world.training.count)
            world.step()
            for event in world.enrolment[told.0...] + world.training[told.1...] { try await harness.hear(event) }
            // Old news comes again.
            if number.isMultiple(of: 3), let old = world.enrolment.randomElement(using: &world.random) {
                try await harness.hear(old)
            }
            if number.isMultiple(of: 4), let old = world.training.randomElement(using: &world.random) {
                try await harness.hear(old)
            }
            if number.isMultiple(of: 10) { try await world.changeMembership() }
            if number.isMultiple(of: 25) { try await world.check() }
        }
        try await world.check()
    }

    @Test("a follower that is stopped and started anew, with events said twice, counts each record once")
    func restarts() async throws {
        let harness = try Harness(batchRows: 1000)
        _ = try await harness.importSample()
        var world = try await World(harness, Seed.generator(for: "counts over restarts"))
        let (enrolment, training) = (try OtherFeed("enrolment"), try OtherFeed("training-events"))
        for _ in 1...20 { try await world.changeMembership() }
        for round in 1...8 {
            let told = (world.enrolment.count, world.training.count)
            for _ in 1...150 { world.step() }
            let news = (Array(world.enrolment[told.0...]), Array(world.training[told.1...]))
            let again = world.enrolment.randomElement(using: &world.random).map { [$0.renamed()] } ?? []
            try await harness.following(enrolment, training) {
                try await enrolment.say(news.0 + again)
                try await training.say(news.1)
                // Every second time it is stopped in the midst of it.
                guard round.isMultiple(of: 2) else { return }
                try await harness.caughtUp(with: enrolment)
                try await harness.caughtUp(with: training)
            }
            if round.isMultiple(of: 2) { try await world.check() }
        }
    }
}

extension PartnershipV1.PartnerCounts {
    fileprivate var inURNOrder: Self {
        var copy = self
        copy.schools.sort { $0.schoolUrn < $1.schoolUrn }
        return copy
    }
}

extension StoredEvent {
    /// The same news as another event.
    fileprivate func renamed() -> StoredEvent {
        var copy = self
        copy.id = "again-\(id)"
        return copy
    }
}
