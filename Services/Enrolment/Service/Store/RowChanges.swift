import Storage
import Values

/// Uses the rows of a batch in one transaction. In a dry run it only remembers whom it would have
/// registered, so that later rows of the file find them.
struct RowChanges {
    let store: EnrolmentStore
    let writer: any Writer
    let job: ApplicationImport
    let mutation: Mutation
    private(set) var counts = OutcomeCounts()
    private var cohorts: [String: Cohort?] = [:]

    init(store: EnrolmentStore, writer: any Writer, job: ApplicationImport, mutation: Mutation) {
        self.store = store
        self.writer = writer
        self.job = job
        self.mutation = mutation
    }

    private var people: KnownPeople { KnownPeople(reader: writer, dryRun: job.isDryRun ? job.id : nil) }

    mutating func apply(_ rows: [JudgedRow]) throws {
        for row in rows {
            let result = switch row.verdict {
            case .rejected(let codes): rejected(row, codes.map { RowIssue(code: $0) })
            case .usable(let clean, let judgement): try use(row, clean, judgement)
            }
            counts.add(result.outcome)
            try keep(result)
        }
    }

    private func rejected(_ row: JudgedRow, _ issues: [RowIssue]) -> RowResult {
        RowResult(line: row.line, outcome: .rejected, reference: row.reference, issues: issues)
    }

    private mutating func use(_ row: JudgedRow, _ clean: CleanRow, _ judgement: EmployerJudgement) throws -> RowResult {
        let digest = Mutation.digest(of: row.canonicalBytes)
        if let known = try people.application(named: row.reference) {
            guard known.digest == digest else { return rejected(row, [RowIssue(code: .changedSince)]) }
            return RowResult(line: row.line, outcome: .unchanged, reference: row.reference,
                             candidateID: known.candidateID, applicationID: known.applicationID, issues: [])
        }
        var issues = (clean.issues + judgement.issues).map { RowIssue(code: $0) }
        guard let cohort = try cohort(clean.cohort) else { return rejected(row, issues + [RowIssue(code: .cohortUnknown)]) }
        if let only = job.cohortID, only != cohort.id {
            return rejected(row, issues + [RowIssue(code: .cohortOfOtherImport)])
        }
        guard let programme = ProgrammeCatalogue.programme(clean.programme, cohortYear: cohort.id.year) else {
            return rejected(row, issues + [RowIssue(code: .programmeNotOffered)])
        }
        if clean.submittedOn > cohort.details.applicationsTo { issues.append(RowIssue(code: .submittedLate)) }

        var matching = PersonMatching(
            clean, byTRN: try clean.trn.flatMap { trn throws(StoreError) in try people.first(withTRN: trn) },
            byName: try clean.trn == nil ? people.first(named: clean) : nil)
        if let person = matching.person {
            matching.weigh(clean, against: try people.applications(of: person.candidateID, in: cohort.id))
        }
        matching.weigh(emailOf: try people.first(withEmail: clean.email, except: matching.person?.candidateID))
        if matching.issues.contains(where: { $0.code == .samePersonWithoutTRN }) {
            issues.removeAll { $0.code == .trnMissing }
        }
        issues += matching.issues
        let worst = issues.map(\.severity).max()
        guard worst != .rejected else { return rejected(row, issues) }

        let candidateID = matching.person?.candidateID ?? store.identifiers.next()
        var result = RowResult(line: row.line, outcome: matching.person == nil ? .created : .matched,
                               reference: row.reference, issues: issues)
        if worst == .review { result.outcome = .warned }
        if job.isDryRun {
            try people.remember(row, clean, matching, candidateID, cohort.id, digest, writer)
            let isHeld = try matching.person != nil && CandidateTable.find(candidateID, writer) != nil
            result.candidateID = isHeld ? candidateID : nil
        } else {
            result.candidateID = candidateID
            result.applicationID = try write(clean, judgement, matching, candidateID, cohort, programme, digest)
        }
        return result
    }

    private mutating func cohort(_ text: String) throws(StoreError) -> Cohort? {
        if let known = cohorts[text] { return known }
        let found: Cohort? = if let id = CohortID(text) { try CohortTable.find(id, writer) } else { nil }
        cohorts[text] = .some(found)
        return found
    }

    private func write(
        _ row: CleanRow, _ judgement: EmployerJudgement, _ matching: PersonMatching, _ candidateID: UUIDv7,
        _ cohort: Cohort, _ programme: Programme, _ digest: [UInt8]
    ) throws(StoreError) -> UUIDv7 {
        var name = row.fullName
        if matching.person == nil {
            let details = CandidateDetails(
                fullName: row.fullName, email: row.email, trn: matching.isTRNForeign ? nil : row.trn,
                employer: judgement.employer)
            _ = try store.insertCandidate(candidateID, details, mutation, writer)
            try writer.execute("""
                UPDATE candidates SET given_key = \(NameKey.key(row.firstName)), family_key = \(NameKey.key(row.lastName)),
                       birth_date = \(row.birthDate.sqlValue)
                WHERE id = \(candidateID)
                """)
        } else {
            name = try CandidateTable.find(candidateID, writer)?.details.fullName ?? name
        }
        let application = Application(
            id: store.identifiers.next(), candidateID: candidateID, programme: programme.identifier,
            programmeVersion: programme.version, cohortID: cohort.id,
            isEligibleForFunding: FundingClaim.isEligible(row, programme, judgement), employer: judgement.employer,
            submittedAt: row.submittedAt, updatedAt: mutation.at, version: RecordVersion.first)
        try store.insertApplication(application, candidateName: name, mutation, writer)
        try FormTable.write(row, of: application.id, digest, to: writer)
        return application.id
    }

    private func keep(_ result: RowResult) throws(StoreError) {
        try writer.execute("""
            INSERT INTO application_import_rows (import_id, line, outcome, reference, candidate_id, application_id, issues)
            VALUES (\(job.id), \(result.line), \(result.outcome.rawValue), \(result.reference),
                    \(result.candidateID?.text ?? ""), \(result.applicationID?.text ?? ""), \(IssueText.text(result.issues)))
            """)
    }
}
