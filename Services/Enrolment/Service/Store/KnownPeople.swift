import Storage
import Values

/// Who is known: the candidates, and in a dry run also those that its earlier rows would have brought.
///
/// A row must not cost more the more there are before it. So a column is written as an expression where the database
/// would rather go by its index than by that of the person, who has few rows.
struct KnownPeople {
    let reader: any Reader
    /// The dry run that asks.
    let dryRun: UUIDv7?

    struct NamedApplication: Hashable, Sendable {
        var digest: [UInt8]
        /// Nil for one that a dry run would have brought.
        var candidateID: UUIDv7?
        var applicationID: UUIDv7?
    }

    func application(named reference: String) throws(StoreError) -> NamedApplication? {
        if let row = try reader.row("""
            SELECT f.digest, a.candidate_id, a.id FROM application_forms f JOIN applications a ON a.id = f.application_id
            WHERE f.reference = \(reference)
            """) {
            return NamedApplication(digest: try row.blob(0), candidateID: try row.identifier(1),
                                    applicationID: try row.identifier(2))
        }
        guard let dryRun, let row = try reader.row("""
            SELECT digest FROM application_import_people WHERE (import_id || '') = \(dryRun) AND reference = \(reference)
            """) else { return nil }
        return NamedApplication(digest: try row.blob(0))
    }

    func first(withTRN trn: TRN) throws(StoreError) -> KnownPerson? {
        try first("trn = \(trn)")
    }

    func first(withEmail email: String, except candidate: UUIDv7?) throws(StoreError) -> KnownPerson? {
        try first("email = \(email)", except: candidate)
    }

    func first(named row: CleanRow) throws(StoreError) -> KnownPerson? {
        guard let birthDate = row.birthDate else { return nil }
        return try first("""
            birth_date = \(birthDate) AND family_key = \(NameKey.key(row.lastName))
            AND given_key = \(NameKey.key(row.firstName))
            """)
    }

    private func first(_ condition: SQL, except candidate: UUIDv7? = nil) throws(StoreError) -> KnownPerson? {
        let other = candidate?.text ?? ""
        if let row = try reader.row("""
            SELECT id, given_key, family_key, birth_date FROM candidates WHERE \(condition) AND id <> \(other)
            ORDER BY id LIMIT 1
            """) {
            return try person(row)
        }
        guard let dryRun, let row = try reader.row("""
            SELECT candidate_id, given_key, family_key, birth_date FROM application_import_people
            WHERE (import_id || '') = \(dryRun) AND \(condition) AND candidate_id <> \(other)
            ORDER BY line LIMIT 1
            """) else { return nil }
        return try person(row)
    }

    private func person(_ row: Row) throws(StoreError) -> KnownPerson {
        let id = try row.identifier(0)
        return KnownPerson(candidateID: id, givenKey: try row.optionalText(1), familyKey: try row.optionalText(2),
                           birthDate: try row.optionalDate(3), firstReference: try firstReference(of: id))
    }

    private func firstReference(of candidate: UUIDv7) throws(StoreError) -> String {
        if let row = try reader.row("""
            SELECT f.reference FROM applications a JOIN application_forms f ON f.application_id = a.id
            WHERE a.candidate_id = \(candidate) ORDER BY a.submitted_at, a.id LIMIT 1
            """) {
            return try row.text(0)
        }
        guard let dryRun else { return "" }
        return try reader.row("""
            SELECT reference FROM application_import_people WHERE (import_id || '') = \(dryRun) AND candidate_id = \(candidate)
            ORDER BY line LIMIT 1
            """)?.text(0) ?? ""
    }

    /// What somebody has applied for in a cohort, oldest first.
    func applications(of candidate: UUIDv7, in cohort: CohortID) throws(StoreError) -> [KnownApplication] {
        var found: [KnownApplication] = []
        for row in try reader.rows("""
            SELECT a.programme, COALESCE(f.reference, ''), a.approval_status, a.training_status FROM applications a
            LEFT JOIN application_forms f ON f.application_id = a.id
            WHERE a.candidate_id = \(candidate) AND (a.cohort_id || '') = \(cohort) ORDER BY a.submitted_at, a.id
            """) {
            let approval = Int(try row.int(2))
            let isWithdrawn = try row.int(3) == TrainingStatus.withdrawn.rawValue
            let isOpen = approval == ApprovalStatus.pending.rawValue
                || (approval == ApprovalStatus.accepted.rawValue && !isWithdrawn)
            found.append(KnownApplication(programme: try row.text(0), reference: try row.text(1), isOpen: isOpen))
        }
        guard let dryRun else { return found }
        for row in try reader.rows("""
            SELECT programme, reference FROM application_import_people
            WHERE (import_id || '') = \(dryRun) AND candidate_id = \(candidate) AND cohort_id = \(cohort)
            ORDER BY line
            """) {
            found.append(KnownApplication(programme: try row.text(0), reference: try row.text(1), isOpen: true))
        }
        return found
    }

    /// Remembers whom a row of a dry run would have brought.
    func remember(
        _ row: JudgedRow, _ clean: CleanRow, _ matching: PersonMatching, _ candidate: UUIDv7, _ cohort: CohortID,
        _ digest: [UInt8], _ writer: any Writer
    ) throws(StoreError) {
        guard let dryRun else { return }
        // Somebody who is known already is found by what is kept of them, as in a real run.
        let isNew = matching.person == nil
        let trn = isNew && !matching.isTRNForeign ? clean.trn : nil
        let email = isNew ? clean.email : nil
        let birthDate = isNew ? clean.birthDate : nil
        try writer.execute("""
            INSERT INTO application_import_people (import_id, line, candidate_id, reference, digest, programme, cohort_id,
                                                   email, trn, given_key, family_key, birth_date)
            VALUES (\(dryRun), \(row.line), \(candidate), \(row.reference), \(digest), \(clean.programme), \(cohort),
                    \(email.sqlValue), \(trn.sqlValue), \(NameKey.key(clean.firstName)),
                    \(NameKey.key(clean.lastName)), \(birthDate.sqlValue))
            """)
    }
}
