import ServiceKit
import Storage
import Values

/// What a submission says.
struct Submission: Hashable, Sendable {
    var candidateID: UUIDv7
    var programme: String
    var cohortID: CohortID
    var isEligibleForFunding: Bool
    var partnerID: UUIDv7?
}

/// Submitting applications and moving them on: look up what is held, judge, write, tell.
extension EnrolmentStore {
    typealias ApplicationReply = @Sendable (Application) -> [UInt8]

    func submit(
        _ submission: Submission, today: CalendarDate, _ mutation: Mutation, reply: @escaping ApplicationReply
    ) async throws -> [UInt8] {
        let id = identifiers.next()
        return try await store.mutate(mutation) { writer in
            try Self.checkReason(mutation)
            guard let candidate = try CandidateTable.find(submission.candidateID, writer) else {
                throw RecordNotFound.candidate(submission.candidateID)
            }
            guard let cohort = try CohortTable.find(submission.cohortID, writer) else {
                throw RecordNotFound.cohort(submission.cohortID.text)
            }
            let programme = try SubmissionRules.programme(submission.programme, for: cohort.id)
            let open = try Self.openApplication(of: candidate.id, programme.identifier, cohort.id, writer)
            try SubmissionRules.check(programme, cohort, hasOpen: open != nil, today: today)
            let application = Application(
                id: id, candidateID: candidate.id, programme: programme.identifier, programmeVersion: programme.version,
                cohortID: cohort.id, isEligibleForFunding: submission.isEligibleForFunding,
                partnerID: submission.partnerID, employer: candidate.details.employer, submittedAt: mutation.at,
                updatedAt: mutation.at, version: RecordVersion.first)
            try insertApplication(application, candidateName: candidate.details.fullName, mutation, writer)
            return reply(application)
        }
    }

    static func openApplication(of candidate: UUIDv7, _ programme: String, _ cohort: CohortID,
                                _ reader: any Reader) throws(StoreError) -> UUIDv7? {
        try reader.row("""
            SELECT id FROM applications WHERE candidate_id = \(candidate) AND programme = \(programme)
            AND cohort_id = \(cohort) AND (approval_status = 1 OR (approval_status = 2 AND training_status <> 3))
            """)?.identifier(0)
    }

    /// Writes a new application with its history and its event.
    func insertApplication(_ application: Application, candidateName: String, _ mutation: Mutation,
                           _ writer: any Writer) throws(StoreError) {
        try ApplicationTable.write(application, to: writer)
        let json = ChangedFields.json(new: application.contents)
        try tell(application, candidateName, "submitted", json, mutation, writer)
    }

    /// Makes a participant, and rejects the person's other pending applications for the same programme
    /// and cohort.
    func accept(
        _ id: UUIDv7, schedule: String?, fundedPlace: Bool?, expectedVersion: Int64, today: CalendarDate,
        _ mutation: Mutation, reply: @escaping ApplicationReply
    ) async throws -> [UInt8] {
        try await store.mutate(mutation) { writer in
            let rules = try Self.rules(for: id, expectedVersion, mutation, writer)
            let held = rules.application
            guard let cohort = try CohortTable.find(held.cohortID, writer) else {
                throw RecordNotFound.cohort(held.cohortID.text)
            }
            let others = try ApplicationTable.others(of: held, writer)
            let accepted = try rules.accept(schedule: schedule, fundedPlace: fundedPlace, cohort: cohort, others: others,
                                            at: mutation.at, today: today)
            let written = try save(accepted, over: held, "accepted", mutation, writer)
            for other in others where other.isPending(held.programme, held.cohortID) {
                let rules = try Self.rules(for: other.id, 0, mutation, writer)
                _ = try save(try rules.supersede(), over: rules.application, "rejected", mutation, writer)
            }
            return reply(written)
        }
    }

    /// Any other move of an application.
    func change(
        _ id: UUIDv7, _ change: String, expectedVersion: Int64, _ mutation: Mutation,
        _ move: @escaping @Sendable (ApplicationRules) throws(EnrolmentRefusal) -> Application,
        reply: @escaping ApplicationReply
    ) async throws -> [UInt8] {
        try await store.mutate(mutation) { writer in
            let rules = try Self.rules(for: id, expectedVersion, mutation, writer)
            return reply(try save(try move(rules), over: rules.application, change, mutation, writer))
        }
    }

    private static func rules(for id: UUIDv7, _ expectedVersion: Int64, _ mutation: Mutation,
                              _ writer: any Writer) throws -> ApplicationRules {
        try checkReason(mutation)
        guard let held = try ApplicationTable.find(id, writer) else { throw RecordNotFound.application(id) }
        try EnrolmentRefusal.checkVersion("application", held.version, expected: expectedVersion)
        guard let programme = ProgrammeCatalogue.programme(held.programme, version: held.programmeVersion) else {
            throw StoreError(.mismatch, """
                The catalogue of this release lacks version \(held.programmeVersion) of \(held.programme).
                """)
        }
        return ApplicationRules(held, programme)
    }

    private static func checkReason(_ mutation: Mutation) throws(EnrolmentRefusal) {
        if let fault = TextRules.reason(mutation.reason) { throw .invalid([FieldFault(field: "reason", message: fault)]) }
    }

    private func save(_ application: Application, over held: Application, _ change: String, _ mutation: Mutation,
                      _ writer: any Writer) throws(StoreError) -> Application {
        var application = application
        application.version = held.version + 1
        application.updatedAt = mutation.at
        try ApplicationTable.write(application, to: writer)
        let name = try CandidateTable.find(application.candidateID, writer)?.details.fullName ?? ""
        let json = ChangedFields.json(from: held.contents, to: application.contents)
        try tell(application, name, change, json, mutation, writer)
        return application
    }

    private func tell(_ application: Application, _ candidateName: String, _ change: String, _ detail: String,
                      _ mutation: Mutation, _ writer: any Writer) throws(StoreError) {
        try writer.recordHistory(entity: "application", id: application.id.text, version: application.version,
                                 change: change, detailJSON: detail, mutation)
        try append("application.\(change)", subject: application.id, version: application.version,
                   payloads.application(application, candidateName: candidateName), mutation, to: writer)
    }
}
