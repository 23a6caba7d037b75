import Contracts
import Values

/// Who applies for what, and what comes of it.
extension SeasonPlanner {
    private static let deferReasons = ["parental-leave", "long-term-sickness", "career-break", "other"]
    private static let withdrawReasons = [
        "insufficient-capacity", "change-in-career", "personal-reason-moving-school", "change-in-school-leadership",
    ]
    /// Shares of candidates in the cohorts: capped, full, unfunded.
    private static let cohortShares = [0.55, 0.9]

    func addPeople(to plan: inout SeasonPlan) {
        var random = random("people")
        let partners = ground.partners.filter { !$0.schools.isEmpty }
        var trns = TRNs(seed: seed)
        for number in 0..<(count - 1) {
            let partner = random.pick(partners)
            let school = random.pick(partner.schools)
            var registration = Self.registration(number, seed, &random)
            if random.chance(0.75) { registration.trn = trns.next() }
            switch Double.random(in: 0..<1, using: &random) {
            case ..<0.9: registration.schoolUrn = school.urn
            case ..<0.96: registration.groupUid = partner.trust
            default: break
            }
            let newSchool = random.chance(0.04) ? random.pick(random.pick(partners).schools).urn : nil
            plan.people.append(
                .init(registration: registration, newSchool: newSchool == registration.schoolUrn ? nil : newSchool))
            addApplications(of: number, through: random.chance(0.85) ? partner.id : nil, to: &plan, &random)
        }
        addDoubleRecord(to: &plan, &random)
    }

    static func registration(
        _ number: Int, _ seed: UInt64, _ random: inout SeededGenerator
    ) -> EnrolmentV1.RegisterCandidateRequest {
        let name = InventedNames.name(using: &random)
        return EnrolmentV1.RegisterCandidateRequest(
            fullName: "\(name.given) \(name.family)",
            email: InventedNames.email(name, number: number + 1, seed: seed), reason: reason)
    }

    // MARK: Applications

    private func addApplications(
        of person: Int, through partner: String?, to plan: inout SeasonPlan, _ random: inout SeededGenerator
    ) {
        // The first programmes are asked for more than the others.
        let choice = min(Int.random(in: 0..<programmes.count, using: &random), Int.random(in: 0..<programmes.count, using: &random))
        let first = application(of: person, programmes[choice], through: partner, &random)
        plan.applications.append(first)
        if first.decision == .reject, random.chance(0.4) {
            var again = application(of: person, programmes[choice], through: partner, &random)
            again.cohort = first.cohort
            again.isSecondRound = true
            again.decision = .accept(fundedPlace: fundedPlace(again.cohort, again.isEligible, &random))
            plan.applications.append(again)
        } else if programmes.count > 1, random.chance(0.07) {
            let other = programmes[(choice + 1) % programmes.count]
            plan.applications.append(application(of: person, other, through: partner, &random))
        }
    }

    private func application(
        of person: Int, _ programme: EnrolmentV1.Programme, through partner: String?, _ random: inout SeededGenerator
    ) -> PlannedApplication {
        let place = Double.random(in: 0..<1, using: &random)
        let cohort = Self.cohortShares.firstIndex { place < $0 } ?? Self.cohortShares.count
        let isEligible = random.chance(0.88)
        let decision: PlannedApplication.Decision =
            switch Double.random(in: 0..<1, using: &random) {
            case ..<0.82: .accept(fundedPlace: fundedPlace(cohort, isEligible, &random))
            case ..<0.91: .reject
            default: .none
            }
        var application = PlannedApplication(
            person: person, programme: programme.identifier, cohort: cohort, partner: partner, isEligible: isEligible,
            decision: decision, answers: AnswerStyle(using: &random))
        if application.isAccepted {
            addTraining(to: &application, programme, &random)
            application.questionnaire =
                switch Double.random(in: 0..<1, using: &random) {
                case ..<0.15: .untouched
                case ..<0.3: .firstSitting
                default: .submitted
                }
        }
        return application
    }

    /// In capped cohorts a decision for each, elsewhere none.
    private func fundedPlace(_ cohort: Int, _ isEligible: Bool, _ random: inout SeededGenerator) -> Bool? {
        cohort == 0 ? isEligible && random.chance(0.8) : nil
    }

    /// Deferring and withdrawing need the first declaration in most programmes, so it always comes before them.
    private func addTraining(
        to application: inout PlannedApplication, _ programme: EnrolmentV1.Programme, _ random: inout SeededGenerator
    ) {
        let declarations = programme.declarations
        let chance = Double.random(in: 0..<1, using: &random)
        let deferral = PlannedApplication.Step.defer(random.pick(Self.deferReasons))
        let withdrawal = PlannedApplication.Step.withdraw(random.pick(Self.withdrawReasons))
        let started = PlannedApplication.Step.declare(declarations[0])
        switch chance {
        case ..<0.03: application.early = [started, deferral]
        case ..<0.05: application.early = [started, deferral, .resume]
        case ..<0.07: application.early = [started, withdrawal]
        case ..<0.09: (application.early, application.late) = ([started], [deferral])
        case ..<0.12: (application.early, application.late) = ([started], [withdrawal])
        case ..<0.14: (application.early, application.late) = ([started], [withdrawal, .resume])
        case ..<0.16: application.late = [.reject]
        case ..<0.6: application.early = [started]
        case ..<0.75: application.early = declarations.prefix(2).map { .declare($0) }
        default: break
        }
    }

    /// Somebody was registered twice, as happens: the acceptance of one application rejects the other.
    private func addDoubleRecord(to plan: inout SeasonPlan, _ random: inout SeededGenerator) {
        let found = plan.applications.first { application in
            application.isAccepted && !application.isSecondRound
                && plan.people[application.person].registration.trn != nil
        }
        guard var double = found else {
            plan.people.append(.init(registration: Self.registration(count - 1, seed, &random)))
            return
        }
        var registration = plan.people[double.person].registration
        registration.email = nil
        plan.people.append(.init(registration: registration))
        double.person = plan.people.count - 1
        double.decision = .none
        (double.early, double.late, double.questionnaire) = ([], [], .untouched)
        plan.applications.append(double)
    }
}

/// Numbers that nobody in the season has twice.
private struct TRNs {
    private var random: SeededGenerator
    private var taken: Set<Int> = []

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed, purpose: "trns")
    }

    mutating func next() -> String {
        while true {
            let number = Int.random(in: 3_000_000...9_999_999, using: &random)
            if taken.insert(number).inserted, let trn = TRN(number: number) { return trn.text }
        }
    }
}
