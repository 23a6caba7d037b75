import Contracts
import OperatorCommands
import TestSupport
import Testing
import Values

@Suite("The plan of a season")
struct SeasonPlannerTests {
    static let today = CalendarDate(year: 2026, month: 11, day: 24)!

    static let ground: SeasonGround = {
        let programmes = [
            programme("npq-senior-leadership", "NPQSL", .leadership), programme("npq-headship", "NPQH", .leadership),
            programme("npq-leading-teaching", "NPQLT", .specialist),
            programme("npq-leading-behaviour-culture", "NPQLBC", .specialist),
            programme("npq-early-headship-coaching-offer", "EHCO", .ehco), programme("not-a-favourite", "X", .support),
        ]
        let partners = (1...5).map { partner in
            let schools = (1...6).map { school in
                SeasonGround.School(
                    urn: Int64(100_000 + partner * 10 + school), name: "School \(school)", postcode: "OL1 1AA")
            }
            return SeasonGround.Partner(id: "p\(partner)", trust: partner == 1 ? 2000 : nil, schools: schools)
        }
        return SeasonGround(today: today, cohorts: ["2026a", "2025c"], programmes: programmes, partners: partners)
    }()

    private static func programme(
        _ id: String, _ code: String, _ group: EnrolmentV1.CourseGroup
    ) -> EnrolmentV1.Programme {
        EnrolmentV1.Programme(
            identifier: id, shortCode: code, courseGroup: group, declarations: [.started, .retained1, .completed],
            modules: ["Induction", "Conference 1", "Conference 2", "Assessment briefing"])
    }

    static func plan(_ seed: UInt64, _ candidates: Int = SeasonPlanner.usualCandidates) throws -> SeasonPlan {
        try SeasonPlanner(seed: seed, candidates: candidates, ground: ground).plan()
    }

    @Test("is the same for a seed, and another for another")
    func deterministic() throws {
        #expect(try Self.plan(42) == Self.plan(42))
        #expect(try Self.plan(42) != Self.plan(43))
        #expect(try Self.plan(42, 100) != Self.plan(42, 101))
    }

    @Test("of the usual size has something of everything")
    func variety() throws {
        let plan = try Self.plan(1)
        #expect(plan.people.count == SeasonPlanner.usualCandidates)
        let steps = plan.applications.flatMap { $0.early + $0.late }
        for step: PlannedApplication.Step in [.declare(.started), .declare(.retained1), .resume, .reject] {
            #expect(steps.contains(step))
        }
        #expect(steps.contains { if case .defer = $0 { true } else { false } })
        #expect(steps.contains { if case .withdraw = $0 { true } else { false } })
        let decisions = Set(plan.applications.map(\.decision))
        #expect(decisions == [.accept(fundedPlace: nil), .accept(fundedPlace: true), .accept(fundedPlace: false), .reject, .none])
        #expect(plan.applications.contains { $0.isSecondRound })
        #expect(Set(plan.applications.map(\.questionnaire)) == [.untouched, .firstSitting, .submitted])
        let wishes = plan.events.flatMap(\.wishes)
        #expect(Set(wishes.map(\.attendance)) == [.present, .late, .part, .remote, .absent, .madeGood])
        #expect(Set(wishes.flatMap(\.answers)) == [.accept, .decline, .declineKeepingPosition])
        #expect(wishes.contains { $0.isBookedWithoutAsking } && wishes.contains { $0.answers.isEmpty })
        #expect(plan.events.contains { $0.wishes.count > $0.open } && plan.events.contains { $0.wishes.count < $0.open })
        #expect(plan.events.contains { $0.reserved > 0 } && plan.events.contains { $0.blocked > 0 })
        #expect(plan.events.contains { $0.venue.online } && plan.events.contains { $0.venue.schoolUrn != nil })
        #expect(plan.events.contains { $0.isSoon } && plan.events.contains { $0.growsBy > 0 })
        #expect(plan.events.count { $0.isCancelled } == 1 && plan.events.count { $0.replaces != nil } == 1)
        #expect(!plan.moves.isEmpty)
        #expect(plan.people.contains { $0.registration.trn == nil } && plan.people.contains { $0.newSchool != nil })
        #expect(plan.people.contains { $0.registration.groupUid != nil })
    }

    @Test("asks for nothing that services refuse, whatever the seed and size")
    func sound() throws {
        var random = Seed.generator(for: "sound seasons")
        for _ in 0..<30 {
            let seed = random.next()
            let size = Int.random(in: SeasonPlanner.fewestCandidates...900, using: &random)
            let plan = try Self.plan(seed, size)
            #expect(faults(plan) == [], "seed \(seed), \(size) candidates")
            #expect(plan.people.count == size)
        }
    }

    /// What would be refused, or would not come out as planned.
    private func faults(_ plan: SeasonPlan) -> [String] {
        var faults: [String] = []
        func require(_ condition: Bool, _ what: @autoclosure () -> String) {
            if !condition { faults.append(what()) }
        }
        for (number, event) in plan.events.enumerated() {
            let people = event.wishes.map { plan.applications[$0.application].person }
            require(Set(people).count == people.count, "somebody asks twice at event \(number)")
            for wish in event.wishes {
                let application = plan.applications[wish.application]
                require(application.programme == event.programme, "a wish of another programme at \(number)")
                let isActive = event.isSoon || event.replaces != nil ? application.isActiveLate : application.isActiveEarly
                require(isActive, "a wish of somebody who is not active at \(number)")
            }
            require(event.open >= 1 && event.capacity <= 1000 && event.minimum <= event.capacity, "odd places at \(number)")
            require(event.cancellations.allSatisfy { $0 < min(event.open, event.wishes.count) }, "nothing to cancel at \(number)")
            require(event.replaces.map { plan.events[$0].isCancelled } ?? true, "replaces what stands: \(number)")
            if case .at(let instant) = event.begins {
                let day = London.date(of: instant)
                require(day.days(since: Self.today) >= 4 && day.weekday <= 5, "on a bad day: \(day)")
            }
        }
        for move in plan.moves {
            let (from, to) = (plan.events[move.from], plan.events[move.to])
            require(from.programme == to.programme && !to.isCancelled, "a move to an event that cannot be")
            require(!to.wishes.contains { $0.application == move.application }, "a move to where one is")
            require(
                to.wishes.count + plan.moves.count { $0.to == move.to } <= to.open, "more moves than \(move.to) has room for")
            let place = from.wishes.firstIndex { $0.application == move.application }
            require(place.map { $0 < from.open && !from.cancellations.contains($0) } ?? false, "a move of who has no place")
        }
        let emails = plan.people.compactMap(\.registration.email)
        require(Set(emails).count == emails.count, "two with one address")
        require(emails.allSatisfy { $0.hasSuffix("@example.org") && $0.utf8.allSatisfy { $0 < 128 } }, "a strange address")
        let trns = plan.people.compactMap(\.registration.trn)
        require(trns.count - Set(trns).count <= 1, "more than one person twice")
        for application in plan.applications where application.isAccepted {
            let isCapped = plan.cohorts[application.cohort].fundingCap == .capped
            require((application.decision == .accept(fundedPlace: nil)) != isCapped, "a place decided where none is to be")
            if case .accept(fundedPlace: true) = application.decision {
                require(application.isEligible, "a funded place for who is not eligible")
            }
        }
        return faults
    }

    @Test("opens cohorts with new ids, in which one schedule for each group takes acceptances today")
    func cohorts() throws {
        let plan = try Self.plan(5)
        #expect(plan.cohorts.map(\.id) == ["2026b", "2026c", "2026d"])
        #expect(plan.cohorts.map(\.fundingCap) == [.capped, .full, .zero])
        func day(_ date: CommonV1.Date?) throws -> CalendarDate {
            let date = try #require(date)
            return try #require(CalendarDate(year: Int(date.year), month: Int(date.month), day: Int(date.day)))
        }
        for cohort in plan.cohorts {
            #expect(try day(cohort.applicationsFrom) <= Self.today && Self.today <= day(cohort.applicationsTo))
            for group in Set(cohort.schedules.map(\.courseGroup)) {
                let open = try cohort.schedules.filter { schedule in
                    try schedule.courseGroup == group && day(schedule.acceptanceFrom) <= Self.today
                        && Self.today <= day(schedule.acceptanceTo)
                }
                #expect(open.count == 1)
            }
        }
    }

    @Test("cannot be made without a school, a programme or a letter for a cohort, and says so")
    func nothingToPlayOn() {
        var ground = Self.ground
        ground.partners = []
        #expect(throws: Failure.self) { try SeasonPlanner(seed: 1, candidates: 40, ground: ground).plan() }
        ground = Self.ground
        ground.programmes = []
        #expect(throws: Failure.self) { try SeasonPlanner(seed: 1, candidates: 40, ground: ground).plan() }
        ground = Self.ground
        ground.cohorts = Set("abcdefghijklmnopqrstuvwx".map { "2026\($0)" })
        #expect(throws: Failure.self) { try SeasonPlanner(seed: 1, candidates: 40, ground: ground).plan() }
    }

    @Test("an empty register's schools will do where there are no partners")
    func withoutPartners() throws {
        var ground = Self.ground
        ground.partners = [.init(id: nil, schools: ground.partners[0].schools)]
        let plan = try SeasonPlanner(seed: 1, candidates: 40, ground: ground).plan()
        #expect(plan.applications.allSatisfy { $0.partner == nil })
    }

    // MARK: Answers

    private static let instrument: DiagnosticsV1.Instrument = {
        let items = (0..<60).map { DiagnosticsV1.Item(id: "i\($0)", competence: "c\($0 / 6)", text: "") }
        let scale = (1...5).map { DiagnosticsV1.ScalePoint(value: Int32($0), label: "\($0)") }
        return DiagnosticsV1.Instrument(id: "self", scale: scale, items: items)
    }()

    @Test("answers are the same for a style, one for each item, and on the scale")
    func answers() {
        var random = Seed.generator(for: "answers")
        for _ in 0..<50 {
            let style = AnswerStyle(
                level: Double.random(in: 0...1, using: &random), spread: 0.2, cannotSay: 0.1, seed: random.next())
            let answers = style.answers(to: Self.instrument)
            #expect(answers == style.answers(to: Self.instrument))
            #expect(answers.map(\.itemId) == Self.instrument.items.map(\.id))
            #expect(
                answers.allSatisfy { answer in
                    switch answer.choice {
                    case .value(let value): 1...5 ~= value
                    case .cannotSay(let isTrue): isTrue
                    case nil: false
                    }
                })
        }
        #expect(AnswerStyle(level: 0.5, spread: 0.2, cannotSay: 0, seed: 1).answers(to: .init()) == [])
    }

    @Test("answers of people differ, and lie round what they are on the whole")
    func spread() {
        func mean(_ level: Double) -> Double {
            let values = AnswerStyle(level: level, spread: 0.15, cannotSay: 0, seed: 9).answers(to: Self.instrument)
                .compactMap { if case .value(let value) = $0.choice { Double(value) } else { nil } }
            #expect(Set(values).count > 1)
            return values.reduce(0, +) / Double(values.count)
        }
        #expect(mean(0.3) < 3)
        #expect(mean(0.8) > 3.5)
    }
}
