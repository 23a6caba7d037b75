import Storage
import Values

/// The columns of `candidates`, in one place and one order.
enum CandidateTable {
    static let columns = "id, full_name, email, trn, school_urn, group_uid, created_at, updated_at, version"
    static let qualified = columns.split(separator: ", ").map { "c." + $0 }.joined(separator: ", ")

    static func read(_ row: Row) throws(StoreError) -> Candidate {
        let details = CandidateDetails(
            fullName: try row.text(1), email: try row.optionalText(2), trn: try row.optionalTRN(3),
            employer: try row.employer(4, 5))
        return Candidate(id: try row.identifier(0), details: details, createdAt: try row.instant(6),
                         updatedAt: try row.instant(7), version: try row.int(8))
    }

    static func find(_ id: UUIDv7, _ reader: any Reader) throws(StoreError) -> Candidate? {
        guard let row = try reader.row("SELECT \(raw: columns) FROM candidates WHERE id = \(id)") else { return nil }
        return try read(row)
    }

    /// Inserts a candidate, or writes what people may edit anew.
    static func write(_ candidate: Candidate, renamed: Bool, to writer: any Writer) throws(StoreError) {
        let details = candidate.details
        try writer.execute("""
            INSERT INTO candidates (\(raw: columns), name_key)
            VALUES (\(candidate.id), \(details.fullName), \(details.email.sqlValue), \(details.trn.sqlValue),
                    \((details.employer?.urn).sqlValue), \((details.employer?.groupUID).sqlValue), \(candidate.createdAt),
                    \(candidate.updatedAt), \(candidate.version), \(NameKey.key(details.fullName)))
            ON CONFLICT (id) DO UPDATE SET full_name = excluded.full_name, email = excluded.email, trn = excluded.trn,
                school_urn = excluded.school_urn, group_uid = excluded.group_uid, updated_at = excluded.updated_at,
                version = excluded.version, name_key = excluded.name_key
            """)
        guard renamed else { return }
        try writer.execute("DELETE FROM candidate_words WHERE candidate_id = \(candidate.id)")
        for word in Set(NameKey.words(details.fullName)) {
            try writer.execute("INSERT INTO candidate_words (word, candidate_id) VALUES (\(word), \(candidate.id))")
        }
    }
}
