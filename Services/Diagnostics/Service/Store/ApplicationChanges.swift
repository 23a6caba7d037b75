import Storage
import Values

/// What Enrolment's events do here.
extension DiagnosticsStore {
    /// Takes over where an application stands, in the transaction of the follower. News that is not newer than what
    /// was applied changes nothing.
    func apply(_ news: ApplicationState, _ mutation: Mutation, _ writer: any Writer) throws {
        let id = news.participant.applicationID
        let applied = try writer.execute("""
            INSERT INTO followed_applications (application_id, version) VALUES (\(id), \(news.version))
            ON CONFLICT (application_id) DO UPDATE SET version = excluded.version
            WHERE followed_applications.version < excluded.version
            """)
        guard applied == 1 else { return }
        let held = try DiagnosticTable.find(application: id, writer)
        switch AssignmentRules.effect(of: news.standing, hasDiagnostic: held != nil) {
        case .nothing: break
        case .assign: try assign(to: news.participant, mutation, writer)
        case .move(let move):
            guard let moved = try held?.after(move, at: mutation.at) else { break }
            try save(moved, move == .close ? "closed" : "reopened", mutation, writer)
        }
    }

    /// Nothing is assigned where this release has no questionnaire for the programme.
    private func assign(to participant: Participant, _ mutation: Mutation, _ writer: any Writer) throws(StoreError) {
        guard let instrument = catalogue.assigned(to: participant.programme) else { return }
        let diagnostic = Diagnostic(
            id: identifiers.next(), participant: participant, instrument: instrument.key,
            items: instrument.items.count, assignedAt: mutation.at, updatedAt: mutation.at,
            version: RecordVersion.first)
        try DiagnosticTable.insert(diagnostic, writer)
        try record(diagnostic, "assigned", mutation, writer)
    }
}
