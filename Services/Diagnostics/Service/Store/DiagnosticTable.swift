import Storage
import Values

/// The columns of `diagnostics`, in one place and one order.
enum DiagnosticTable {
    static let columns = """
        id, application_id, candidate_id, programme, cohort_id, school_urn, instrument, instrument_version, items, \
        status, answered, assigned_at, started_at, submitted_at, updated_at, version
        """

    static func read(_ row: Row) throws(StoreError) -> Diagnostic {
        guard let status = DiagnosticStatus(rawValue: try row.number(9)) else { throw row.unreadable(9, "status") }
        let participant = Participant(
            applicationID: try row.text(1), candidateID: try row.text(2), programme: try row.text(3),
            cohortID: try row.text(4), school: try row.optionalURN(5))
        return Diagnostic(
            id: try row.identifier(0), participant: participant,
            instrument: InstrumentKey(id: try row.text(6), version: try row.number(7)), items: try row.number(8),
            status: status, answered: try row.number(10), assignedAt: try row.instant(11),
            startedAt: try row.optionalInstant(12), submittedAt: try row.optionalInstant(13),
            updatedAt: try row.instant(14), version: try row.int(15))
    }

    static func find(_ id: UUIDv7, _ reader: any Reader) throws(StoreError) -> Diagnostic? {
        try reader.row("SELECT \(raw: columns) FROM diagnostics WHERE id = \(id)").map(read)
    }

    static func find(application id: String, _ reader: any Reader) throws(StoreError) -> Diagnostic? {
        try reader.row("SELECT \(raw: columns) FROM diagnostics WHERE application_id = \(id)").map(read)
    }

    static func insert(_ diagnostic: Diagnostic, _ writer: any Writer) throws(StoreError) {
        let participant = diagnostic.participant
        let values: [SQLValue] = [
            diagnostic.id.sqlValue, .text(participant.applicationID), .text(participant.candidateID),
            .text(participant.programme), .text(participant.cohortID), participant.school.sqlValue,
            .text(diagnostic.instrument.id), diagnostic.instrument.version.sqlValue, diagnostic.items.sqlValue,
            diagnostic.status.rawValue.sqlValue, diagnostic.answered.sqlValue, diagnostic.assignedAt.sqlValue,
            diagnostic.startedAt.sqlValue, diagnostic.submittedAt.sqlValue, diagnostic.updatedAt.sqlValue,
            diagnostic.version.sqlValue,
        ]
        try writer.execute("INSERT INTO diagnostics (\(raw: columns)) VALUES \(list: values)")
    }

    /// - Parameter diagnostic: one version further than it was read.
    static func update(_ diagnostic: Diagnostic, _ writer: any Writer) throws(StoreError) {
        let changed = try writer.execute("""
            UPDATE diagnostics SET status = \(diagnostic.status.rawValue), answered = \(diagnostic.answered),
                started_at = \(diagnostic.startedAt.sqlValue), submitted_at = \(diagnostic.submittedAt.sqlValue),
                updated_at = \(diagnostic.updatedAt), version = \(diagnostic.version)
            WHERE id = \(diagnostic.id) AND version = \(diagnostic.version - 1)
            """)
        // On an engine with several writers another may come between.
        guard changed == 1 else {
            throw StoreError(.busy, "The diagnostic changed at the same moment. Try again.")
        }
    }
}
