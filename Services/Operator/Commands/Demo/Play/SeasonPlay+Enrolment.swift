import Contracts
import HTTPClient

/// Cohorts, people and what becomes of their applications.
extension SeasonPlay {
    func openCohorts() async throws {
        try await crew.play("opening cohorts", plan.cohorts) { cohort, line in
            let _: EnrolmentV1.Cohort = try await line.write("POST", "/v1/cohorts", cohort, step: "cohort-\(cohort.id)")
        }
    }

    func registerPeople() async throws {
        try await crew.play("registering candidates", Array(plan.people.enumerated())) { item, line in
            let candidate: EnrolmentV1.Candidate = try await line.write(
                "POST", "/v1/candidates", item.element.registration, step: "candidate-\(item.offset)")
            cast.setPerson(item.offset, .init(id: candidate.id, version: candidate.version))
        }
    }

    func apply(secondRound: Bool) async throws {
        let numbers = plan.applications.indices.filter { plan.applications[$0].isSecondRound == secondRound }
        try await crew.play(secondRound ? "applying again" : "submitting applications", numbers) { number, line in
            let planned = plan.applications[number]
            let person = try Self.known(cast.person(planned.person), "a candidate")
            let application: EnrolmentV1.Application = try await line.write(
                "POST", "/v1/applications",
                EnrolmentV1.SubmitApplicationRequest(
                    candidateId: person.id, programme: planned.programme, cohortId: plan.cohorts[planned.cohort].id,
                    eligibleForFunding: planned.isEligible, partnerId: planned.partner, reason: SeasonPlanner.reason),
                step: "application-\(number)")
            cast.setApplication(number, .init(id: application.id, version: application.version))
        }
    }

    func decide(secondRound: Bool) async throws {
        let numbers = plan.applications.indices.filter { number in
            plan.applications[number].isSecondRound == secondRound && plan.applications[number].decision != .none
        }
        try await crew.play(secondRound ? "deciding again" : "accepting and rejecting", numbers) { number, line in
            let held = try Self.known(cast.application(number), "an application")
            let path = "/v1/applications/\(HTTPRequest.encoded(held.id))"
            let decided: EnrolmentV1.Application
            switch plan.applications[number].decision {
            case .accept(let fundedPlace):
                decided = try await line.write(
                    "POST", "\(path):accept",
                    EnrolmentV1.AcceptApplicationRequest(fundedPlace: fundedPlace, reason: SeasonPlanner.reason),
                    version: held.version, step: "accept-\(number)")
            case .reject:
                decided = try await line.write(
                    "POST", "\(path):reject", EnrolmentV1.RejectApplicationRequest(reason: SeasonPlanner.reason),
                    version: held.version, step: "reject-\(number)")
            case .none: return
            }
            cast.setApplication(number, .init(id: decided.id, version: decided.version))
        }
    }

    /// Takes every application through its steps, one after the other.
    func train(_ act: String, _ steps: @escaping @Sendable (PlannedApplication) -> [PlannedApplication.Step]) async throws {
        let numbers = plan.applications.indices.filter { !steps(plan.applications[$0]).isEmpty }
        try await crew.play(act, numbers) { number, line in
            var held = try Self.known(cast.application(number), "an application")
            for step in steps(plan.applications[number]) {
                let changed = try await Self.take(step, held, number, line)
                held.version = changed.version
            }
            cast.setApplication(number, held)
        }
    }

    private static func take(
        _ step: PlannedApplication.Step, _ held: SeasonCast.Record, _ number: Int, _ line: PlayLine
    ) async throws -> EnrolmentV1.Application {
        let path = "/v1/applications/\(HTTPRequest.encoded(held.id))"
        let reason = SeasonPlanner.reason
        let name = "training-\(number)-\(held.version)"
        switch step {
        case .declare(let declaration):
            return try await line.write(
                "POST", "\(path):declare", EnrolmentV1.RecordDeclarationRequest(declaration: declaration, reason: reason),
                version: held.version, step: name)
        case .defer(let why):
            return try await line.write(
                "POST", "\(path):defer", EnrolmentV1.DeferApplicationRequest(statusReason: why, reason: reason),
                version: held.version, step: name)
        case .resume:
            return try await line.write(
                "POST", "\(path):resume", EnrolmentV1.ResumeApplicationRequest(reason: reason), version: held.version,
                step: name)
        case .withdraw(let why):
            return try await line.write(
                "POST", "\(path):withdraw", EnrolmentV1.WithdrawApplicationRequest(statusReason: why, reason: reason),
                version: held.version, step: name)
        case .reject:
            return try await line.write(
                "POST", "\(path):reject", EnrolmentV1.RejectApplicationRequest(reason: reason), version: held.version,
                step: name)
        }
    }

    func changeEmployers() async throws {
        let movers = plan.people.indices.filter { plan.people[$0].newSchool != nil }
        try await crew.play("changing schools", movers) { number, line in
            let held = try Self.known(cast.person(number), "a candidate")
            let person = plan.people[number].registration
            let _: EnrolmentV1.Candidate = try await line.write(
                "PUT", "/v1/candidates/\(HTTPRequest.encoded(held.id))",
                EnrolmentV1.UpdateCandidateRequest(
                    fullName: person.fullName, email: person.email, trn: person.trn,
                    schoolUrn: plan.people[number].newSchool, reason: SeasonPlanner.reason),
                version: held.version, step: "employer-\(number)")
        }
    }
}
