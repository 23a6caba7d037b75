import Testing
import Values
@testable import EnrolmentService

/// Both machines, move by move. What is not in a table is illegal.
@Suite("Approval and training status")
struct StatusTests {
    static let approvals: [(ApprovalStatus, ApprovalMove, ApprovalStatus?)] = [
        (.pending, .accept, .accepted), (.pending, .reject, .rejected), (.pending, .supersede, .rejected),
        (.accepted, .accept, nil), (.accepted, .reject, .rejected), (.accepted, .supersede, nil),
        (.rejected, .accept, nil), (.rejected, .reject, nil), (.rejected, .supersede, nil),
    ]

    static let trainings: [(TrainingStatus, TrainingMove, TrainingStatus?)] = [
        (.active, .defer, .deferred), (.active, .resume, nil), (.active, .withdraw, .withdrawn),
        (.active, .declare, .active),
        (.deferred, .defer, nil), (.deferred, .resume, .active), (.deferred, .withdraw, .withdrawn),
        (.deferred, .declare, .deferred),
        (.withdrawn, .defer, nil), (.withdrawn, .resume, .active), (.withdrawn, .withdraw, nil),
        (.withdrawn, .declare, nil),
    ]

    @Test("the tables have every status and every move")
    func whole() {
        #expect(Self.approvals.count == ApprovalStatus.allCases.count * ApprovalMove.allCases.count)
        #expect(Self.trainings.count == TrainingStatus.allCases.count * TrainingMove.allCases.count)
    }

    @Test("approval", arguments: approvals)
    func approval(from: ApprovalStatus, move: ApprovalMove, to: ApprovalStatus?) {
        #expect(from.after(move) == to)
        let rules = ApplicationRules(Self.application(from), Self.programme)
        let result: Application? = switch move {
        case .accept:
            try? rules.accept(schedule: nil, fundedPlace: nil, cohort: Self.cohort(.full), others: [],
                              at: Harness.start, today: Self.today)
        case .reject: try? rules.reject()
        case .supersede: try? rules.supersede()
        }
        #expect(result?.approval == to)
        // Only who is accepted is in training, and has a schedule.
        #expect(result.map { ($0.training == nil) == ($0.approval != .accepted) } ?? true)
        #expect(result.map { ($0.schedule == nil) == ($0.approval != .accepted) } ?? true)
    }

    @Test("training", arguments: trainings)
    func training(from: TrainingStatus, move: TrainingMove, to: TrainingStatus?) {
        #expect(from.after(move) == to)
        let rules = ApplicationRules(Self.application(.accepted, from, declared: [.started]), Self.programme)
        #expect(Self.result(rules, move)?.training == to)
    }

    @Test("only who is accepted is in training", arguments: [ApprovalStatus.pending, .rejected], TrainingMove.allCases)
    func notAccepted(approval: ApprovalStatus, move: TrainingMove) {
        #expect(Self.result(ApplicationRules(Self.application(approval), Self.programme), move) == nil)
    }

    private static func result(_ rules: ApplicationRules, _ move: TrainingMove) -> Application? {
        switch move {
        case .defer: try? rules.defer("parental-leave", today: today)
        case .resume: try? rules.resume(today: today)
        case .withdraw: try? rules.withdraw("change-in-career")
        case .declare: try? rules.declare(.retained1)
        }
    }

    @Test("what deferring and withdrawing need is the programme version's matter", arguments: ProgrammeCatalogue.all)
    func preconditions(programme: Programme) {
        let bare = ApplicationRules(Self.application(.accepted, .active), programme)
        #expect((try? bare.defer("other", today: Self.today)) == nil || !programme.deferNeedsDeclaration)
        #expect((try? bare.withdraw("other")) == nil || !programme.withdrawNeedsStarted)
        let started = ApplicationRules(Self.application(.accepted, .active, declared: [.started]), programme)
        #expect((try? started.defer("other", today: Self.today)) != nil)
        #expect((try? started.withdraw("other")) != nil)
        #expect((try? started.reject()) == nil)
        #expect((try? bare.reject()) != nil)
    }

    @Test("reasons are the funder's")
    func reasons() {
        let rules = ApplicationRules(Self.application(.accepted, .active, declared: [.started]), Self.programme)
        for reason in StatusReasons.defer { #expect((try? rules.defer(reason, today: Self.today)) != nil) }
        for reason in StatusReasons.withdraw { #expect((try? rules.withdraw(reason)) != nil) }
        #expect(StatusReasons.defer.count == 5 && StatusReasons.withdraw.count == 21)
        #expect((try? rules.defer("change-in-career", today: Self.today)) == nil)
        #expect((try? rules.withdraw("bereavement")) == nil)
    }

    @Test("declarations are made once each, in order, and only those of the programme")
    func declarations() throws {
        var rules = ApplicationRules(Self.application(.accepted, .active), Self.programme)
        #expect((try? rules.declare(.retained1)) == nil)
        for type in Self.programme.declarations {
            rules.application = try rules.declare(type)
            #expect((try? rules.declare(type)) == nil)
        }
        let specialist = try #require(ProgrammeCatalogue.programme("npq-leading-teaching", cohortYear: 2021))
        rules = ApplicationRules(Self.application(.accepted, .active, declared: [.started, .retained1]), specialist)
        #expect((try? rules.declare(.retained2)) == nil)
        #expect((try? rules.declare(.completed)) != nil)
    }

    @Test("a deferral can be resumed to the last day of its limit")
    func deferralLimit() throws {
        let programme = try #require(ProgrammeCatalogue.programme("npd-leading-inclusion", cohortYear: 2026))
        #expect(programme.deferralLimitMonths == 12)
        var application = Self.application(.accepted, .deferred, declared: [.started])
        application.deferredOn = CalendarDate(iso: "2026-08-31")
        let rules = ApplicationRules(application, programme)
        let last = try #require(CalendarDate(iso: "2027-08-31"))
        #expect(try rules.resume(today: last).training == .active)
        #expect((try? rules.resume(today: try #require(last.adding(days: 1)))) == nil)
        // Withdrawing in between does not make it longer.
        let withdrawn = ApplicationRules(try rules.withdraw("other"), programme)
        #expect((try? withdrawn.resume(today: try #require(last.adding(days: 1)))) == nil)
    }

    static let places: [(FundingCap, Bool?, Bool, Bool, Result<Bool?, Wrong>)] = [
        (.full, nil, true, false, .success(nil)), (.full, nil, false, false, .success(nil)),
        (.full, true, true, false, .failure(.wrong)), (.full, false, true, false, .failure(.wrong)),
        (.capped, nil, true, false, .failure(.wrong)), (.capped, true, true, false, .success(true)),
        (.capped, true, false, false, .failure(.wrong)), (.capped, true, true, true, .failure(.wrong)),
        (.capped, false, true, true, .success(false)), (.capped, false, false, false, .success(false)),
        (.zero, nil, true, false, .success(false)), (.zero, false, true, false, .success(false)),
        (.zero, true, true, false, .failure(.wrong)),
    ]

    enum Wrong: Error { case wrong }

    @Test("funded places", arguments: places)
    func funded(cap: FundingCap, given: Bool?, isEligible: Bool, before: Bool, expected: Result<Bool?, Wrong>) throws {
        var application = Self.application(.pending)
        application.isEligibleForFunding = isEligible
        var others: [OtherApplication] = []
        if before {
            others.append(OtherApplication(
                id: Self.id, programme: application.programme, cohortID: try #require(CohortID("2020a")),
                approval: .accepted, training: .withdrawn, isEligibleForFunding: true, fundedPlace: nil))
        }
        let rules = ApplicationRules(application, Self.programme)
        let accepted = try? rules.accept(schedule: nil, fundedPlace: given, cohort: Self.cohort(cap), others: others,
                                         at: Harness.start, today: Self.today)
        switch expected {
        case .success(let place): #expect(accepted != nil && accepted?.fundedPlace == place)
        case .failure: #expect(accepted == nil)
        }
    }

    @Test("the schedule is the only one of the group whose window is open", arguments: [
        ("2021-08-31", nil, nil), ("2021-09-01", nil, "autumn"), ("2021-10-15", nil, nil), ("2021-10-16", nil, "spring"),
        ("2021-11-01", nil, nil), ("2021-11-01", "autumn", "autumn"), ("2021-09-01", "specialist", nil),
        ("2021-09-01", "summer", nil),
    ] as [(String, String?, String?)])
    func schedules(day: String, named: String?, expected: String?) throws {
        func schedule(_ identifier: String, _ from: String, _ to: String,
                      _ group: CourseGroup = .leadership) throws -> Schedule {
            Schedule(identifier: identifier, group: group, acceptanceFrom: try #require(CalendarDate(iso: from)),
                     acceptanceTo: try #require(CalendarDate(iso: to)), startsOn: Self.today, endsOn: .last)
        }
        var cohort = Self.cohort(.full)
        cohort.details.schedules = [
            try schedule("autumn", "2021-09-01", "2021-10-15"), try schedule("spring", "2021-10-15", "2021-10-31"),
            try schedule("specialist", "2021-01-01", "2021-12-31", .specialist),
        ]
        let today = try #require(CalendarDate(iso: day))
        let found = try? ScheduleRules.schedule(named, for: .leadership, in: cohort, today: today)
        #expect(found?.identifier == expected)
    }

    // MARK: Made up

    static let id = UUIDv7(milliseconds: 1, sequence: 1, random: 1)
    static let today = CalendarDate(dayNumber: 18_900) ?? .first
    static let programme = ProgrammeCatalogue.programme("npq-senior-leadership", cohortYear: 2021)
        ?? ProgrammeCatalogue.all[0]

    static func cohort(_ cap: FundingCap) -> Cohort {
        let schedule = Schedule(identifier: "autumn", group: .leadership, acceptanceFrom: .first, acceptanceTo: .last,
                                startsOn: today, endsOn: .last)
        guard let id = CohortID("2021a") else { preconditionFailure("2021a is an id") }
        return Cohort(id: id, fundingCap: cap, details: CohortDetails(
            name: "Autumn", applicationsFrom: .first, applicationsTo: .last, schedules: [schedule]), version: 1)
    }

    static func application(_ approval: ApprovalStatus, _ training: TrainingStatus? = nil,
                            declared: [DeclarationType] = []) -> Application {
        Application(
            id: id, candidateID: id, programme: programme.identifier, programmeVersion: programme.version,
            cohortID: cohort(.full).id, approval: approval,
            training: approval == .accepted ? training ?? .active : nil,
            schedule: approval == .accepted ? "autumn" : nil, isEligibleForFunding: false, declared: declared,
            submittedAt: Harness.start, updatedAt: Harness.start, version: 1)
    }
}
