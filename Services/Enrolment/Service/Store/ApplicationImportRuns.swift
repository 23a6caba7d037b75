import Storage
import Values

/// The right to run an import. Only one import runs at a time, by one runner; a runner whose right has
/// passed to another is told so at its next checkpoint, which then leaves nothing behind.
struct ImportClaim: Hashable, Sendable {
    var importID: UUIDv7
    /// Names the process that runs it.
    var runner: String
    /// Who asked for it: the changes are theirs.
    var actor: Actor
    var requestID: String

    func mutation(at now: Instant) -> Mutation {
        Mutation(principal: actor.id, method: "", key: nil, requestDigest: [], actor: actor,
                 reason: "import \(importID.text)", at: now, requestID: requestID)
    }
}

/// Why a runner must leave an import.
enum ImportInterruption: Error, Hashable, Sendable {
    /// Another runner has taken it over.
    case claimLost
    /// It was cancelled on request; that is written down already.
    case cancelled
}

/// Running imports, from checkpoint to checkpoint.
extension EnrolmentStore {
    /// How long a runner that says nothing keeps its import. It speaks at every checkpoint.
    static let claimLifetime = Duration.seconds(30)

    /// Takes the import that is to run next: one that was running when its process died, or the oldest
    /// in the queue. Nil if there is none, or if another runner is at work.
    /// - Parameter takingOver: also an import whose runner spoke just now. For a process that knows
    ///   that it is the only one, when it starts.
    func claimImport(runner: String, takingOver: Bool, now: Instant) async throws -> ImportClaim? {
        do {
            return try await store.write { writer in
                let running = try writer.row("""
                    SELECT id, runner_until FROM application_imports WHERE state = \(ApplicationImportState.running.rawValue)
                    """)
                if let running {
                    guard try takingOver || running.instant(1) <= now else { return nil }
                    return try Self.claim(running.identifier(0), runner, now, writer)
                }
                guard let queued = try writer.row("""
                    SELECT id FROM application_imports WHERE state = \(ApplicationImportState.queued.rawValue)
                    ORDER BY id LIMIT 1
                    """) else { return nil }
                return try Self.claim(queued.identifier(0), runner, now, writer)
            }
        } catch let error as StoreError where error.breaks(.unique, "application_imports.running_slot") {
            return nil
        }
    }

    private static func claim(_ id: UUIDv7, _ runner: String, _ now: Instant,
                              _ writer: any Writer) throws -> ImportClaim? {
        guard let row = try writer.row("""
            UPDATE application_imports SET state = \(ApplicationImportState.running.rawValue), running_slot = 1,
                   runner = \(runner), runner_until = \(now + claimLifetime), version = version + 1
            WHERE id = \(id) RETURNING actor_id, actor_kind, request_id
            """) else { return nil }
        return ImportClaim(importID: id, runner: runner, actor: Actor(id: try row.text(0), kind: try row.text(1)),
                           requestID: try row.text(2))
    }

    /// A chunk of the import's file; nil after the last.
    func chunk(_ number: Int, of id: UUIDv7) async throws -> [UInt8]? {
        try await store.read { reader in
            try reader.row("""
                SELECT c.bytes FROM application_import_chunks c JOIN application_imports i ON i.upload_id = c.upload_id
                WHERE i.id = \(id) AND c.number = \(number)
                """)?.blob(0)
        }
    }

    /// Uses rows and moves the checkpoint behind them, in one transaction: after a crash the import goes
    /// on right there, and no row is counted twice.
    func apply(_ batch: RowBatch, _ claim: ImportClaim, at now: Instant) async throws -> ApplicationImport {
        let outcome = try await store.write { writer -> Result<ApplicationImport, ImportInterruption> in
            if let interruption = try Self.interruption(claim, now, writer) { return .failure(interruption) }
            guard let job = try Self.applicationImport(claim.importID, writer) else { return .failure(.claimLost) }
            var rows = RowChanges(store: self, writer: writer, job: job, mutation: claim.mutation(at: now))
            try rows.apply(batch.rows)
            let counts = rows.counts
            let bytesRead: SQL = batch.isLast ? "bytes_total" : "\(batch.rows.last?.endOffset ?? job.bytesRead)"
            try writer.execute("""
                UPDATE application_imports SET version = version + 1, runner_until = \(now + Self.claimLifetime),
                       bytes_read = \(bytesRead), rows_read = rows_read + \(batch.rows.count),
                       created = created + \(counts[.created]), matched = matched + \(counts[.matched]),
                       unchanged = unchanged + \(counts[.unchanged]), warned = warned + \(counts[.warned]),
                       rejected = rejected + \(counts[.rejected])
                WHERE id = \(claim.importID)
                """)
            guard let progress = try Self.applicationImport(claim.importID, writer) else { return .failure(.claimLost) }
            return .success(progress)
        }
        return try outcome.get()
    }

    /// Says that the runner is alive, and learns whether it may go on.
    func touch(_ claim: ImportClaim, at now: Instant) async throws {
        let interruption = try await store.write { writer -> ImportInterruption? in
            if let interruption = try Self.interruption(claim, now, writer) { return interruption }
            try writer.execute("""
                UPDATE application_imports SET runner_until = \(now + Self.claimLifetime) WHERE id = \(claim.importID)
                """)
            return nil
        }
        if let interruption { throw interruption }
    }

    /// Ends the import. Nil: it succeeded; otherwise why it failed.
    func endImport(_ claim: ImportClaim, failure: String?, at now: Instant) async throws -> ApplicationImport {
        let outcome = try await store.write { writer -> Result<ApplicationImport, ImportInterruption> in
            if let interruption = try Self.interruption(claim, now, writer) { return .failure(interruption) }
            try Self.end(claim, failure == nil ? .succeeded : .failed, failure ?? "", now, writer)
            guard let ended = try Self.applicationImport(claim.importID, writer) else { return .failure(.claimLost) }
            return .success(ended)
        }
        return try outcome.get()
    }

    /// Looks whether the runner may go on. A request to cancel is carried out here.
    private static func interruption(
        _ claim: ImportClaim, _ now: Instant, _ writer: any Writer
    ) throws(StoreError) -> ImportInterruption? {
        guard let row = try writer.row("""
            SELECT runner, state, cancel_requested FROM application_imports WHERE id = \(claim.importID)
            """), try row.text(0) == claim.runner, try row.int(1) == ApplicationImportState.running.rawValue else {
            return .claimLost
        }
        guard try row.bool(2) else { return nil }
        try end(claim, .cancelled, "", now, writer)
        return .cancelled
    }

    private static func end(_ claim: ImportClaim, _ state: ApplicationImportState, _ failure: String, _ now: Instant,
                            _ writer: any Writer) throws(StoreError) {
        let row = try writer.row("""
            UPDATE application_imports SET state = \(state.rawValue), failure = \(failure), ended_at = \(now),
                   running_slot = NULL, version = version + 1
            WHERE id = \(claim.importID) RETURNING version
            """)
        try writer.recordHistory(
            entity: "application-import", id: claim.importID.text, version: try row?.int(0) ?? 0, change: state.name,
            claim.mutation(at: now))
    }
}
