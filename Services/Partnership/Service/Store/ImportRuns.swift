import Storage
import Values

/// The right to run an import. Only one import runs at a time, by one runner; a runner whose right has
/// passed to another is told so at its next checkpoint, which then leaves nothing behind.
struct ImportClaim: Hashable, Sendable {
    var importID: UUIDv7
    /// Names the process that runs it.
    var runner: String
    /// Who asked for it: the register's changes are theirs.
    var actor: Actor
    var requestID: String
}

/// Why a runner must leave an import.
enum ImportInterruption: Error, Hashable, Sendable {
    /// Another runner has taken it over.
    case claimLost
    /// It was cancelled on request; that is written down already.
    case cancelled
}

/// Running imports, from checkpoint to checkpoint.
extension PartnershipStore {
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
                    SELECT id, runner_until FROM gias_imports WHERE state = \(GiasImportState.running.rawValue)
                    """)
                if let running {
                    guard try takingOver || running.instant(1) <= now else { return nil }
                    return try Self.claim(running.identifier(0), runner, now, writer)
                }
                guard let queued = try writer.row("""
                    SELECT id FROM gias_imports WHERE state = \(GiasImportState.queued.rawValue) ORDER BY id LIMIT 1
                    """) else { return nil }
                return try Self.claim(queued.identifier(0), runner, now, writer)
            }
        } catch let error as StoreError where error.breaks(.unique, "gias_imports.running_slot") {
            return nil
        }
    }

    private static func claim(_ id: UUIDv7, _ runner: String, _ now: Instant,
                              _ writer: any Writer) throws -> ImportClaim? {
        guard let row = try writer.row("""
            UPDATE gias_imports SET state = \(GiasImportState.running.rawValue), running_slot = 1, runner = \(runner),
                   runner_until = \(now + claimLifetime), started_at = COALESCE(started_at, \(now)), version = version + 1
            WHERE id = \(id) RETURNING actor_id, actor_kind, request_id
            """) else { return nil }
        return ImportClaim(importID: id, runner: runner, actor: Actor(id: try row.text(0), kind: try row.text(1)),
                           requestID: try row.text(2))
    }

    /// A chunk of one of the import's files; nil after the last.
    func chunk(_ number: Int, of kind: GiasFileKind, of id: UUIDv7) async throws -> [UInt8]? {
        try await store.read { reader in
            try reader.row("""
                SELECT c.bytes FROM gias_import_chunks c JOIN gias_import_files f ON f.upload_id = c.upload_id
                WHERE f.import_id = \(id) AND f.kind = \(kind.rawValue) AND c.number = \(number)
                """)?.blob(0)
        }
    }

    /// Applies records and moves the checkpoint behind them, in one transaction: after a crash the import
    /// goes on right there, and no row is counted twice.
    func apply<File: AppliedFile>(
        _ batch: GiasBatch<File.Value>, of file: File.Type, _ claim: ImportClaim, at now: Instant
    ) async throws -> GiasImport {
        let outcome = try await store.write { writer -> Result<GiasImport, ImportInterruption> in
            if let interruption = try Self.interruption(claim, now, writer) { return .failure(interruption) }
            var changes = RegisterChanges(store: self, writer: writer, claim: claim, now: now)
            try changes.apply(batch.records, of: file)
            try Self.keep(changes.issues, claim, writer)
            try Self.count(changes.counts, file.kind, batch, claim, writer)
            if batch.isLast { try Self.raiseGeneration(file.kind, claim, writer) }
            try writer.execute("""
                UPDATE gias_imports SET version = version + 1, runner_until = \(now + Self.claimLifetime)
                WHERE id = \(claim.importID)
                """)
            guard let progress = try Self.giasImport(claim.importID, writer) else { return .failure(.claimLost) }
            return .success(progress)
        }
        return try outcome.get()
    }

    /// Ends the import. Nil: it succeeded; otherwise why it failed.
    func endImport(_ claim: ImportClaim, failure: String?, at now: Instant) async throws -> GiasImport {
        let outcome = try await store.write { writer -> Result<GiasImport, ImportInterruption> in
            if let interruption = try Self.interruption(claim, now, writer) { return .failure(interruption) }
            try Self.end(claim, failure == nil ? .succeeded : .failed, failure ?? "", now, writer)
            guard let ended = try Self.giasImport(claim.importID, writer) else { return .failure(.claimLost) }
            return .success(ended)
        }
        return try outcome.get()
    }

    /// Looks whether the runner may go on. A request to cancel is carried out here.
    private static func interruption(
        _ claim: ImportClaim, _ now: Instant, _ writer: any Writer
    ) throws(StoreError) -> ImportInterruption? {
        guard let row = try writer.row("""
            SELECT runner, state, cancel_requested FROM gias_imports WHERE id = \(claim.importID)
            """), try row.text(0) == claim.runner, try row.int(1) == GiasImportState.running.rawValue else {
            return .claimLost
        }
        guard try row.bool(2) else { return nil }
        try end(claim, .cancelled, "", now, writer)
        return .cancelled
    }

    private static func end(_ claim: ImportClaim, _ state: GiasImportState, _ failure: String, _ now: Instant,
                            _ writer: any Writer) throws(StoreError) {
        let row = try writer.row("""
            UPDATE gias_imports SET state = \(state.rawValue), failure = \(failure), ended_at = \(now),
                   running_slot = NULL, version = version + 1
            WHERE id = \(claim.importID) RETURNING version
            """)
        let mutation = Mutation(principal: claim.actor.id, method: "", key: nil, requestDigest: [], actor: claim.actor,
                                at: now, requestID: claim.requestID)
        try writer.recordHistory(entity: "gias-import", id: claim.importID.text, version: try row?.int(0) ?? 0,
                                 change: state.name, mutation)
    }

    private static func count<Value>(_ counts: RowCounts, _ kind: GiasFileKind, _ batch: GiasBatch<Value>,
                                     _ claim: ImportClaim, _ writer: any Writer) throws(StoreError) {
        let bytesRead: SQL = batch.isLast ? "bytes_total" : "\(batch.bytesRead)"
        try writer.execute("""
            UPDATE gias_import_files SET bytes_read = \(bytesRead), is_done = \(batch.isLast), rows_read = rows_read + \(counts.rowsRead),
                   inserted = inserted + \(counts.inserted), updated = updated + \(counts.updated),
                   unchanged = unchanged + \(counts.unchanged), ignored = ignored + \(counts.ignored),
                   rejected = rejected + \(counts.rejected), warned = warned + \(counts.warned)
            WHERE import_id = \(claim.importID) AND kind = \(kind.rawValue)
            """)
    }

    private static func keep(_ issues: [GiasRowIssue], _ claim: ImportClaim,
                             _ writer: any Writer) throws(StoreError) {
        guard !issues.isEmpty else { return }
        let row = try writer.row("SELECT issues_kept FROM gias_imports WHERE id = \(claim.importID)")
        let kept = Int(try row?.int(0) ?? 0)
        let room = issues.prefix(max(0, GiasImport.mostIssuesKept - kept))
        for (index, entry) in room.enumerated() {
            try writer.execute("""
                INSERT INTO gias_import_issues (import_id, number, kind, line, record, severity, row_key, column_name,
                                                code, message)
                VALUES (\(claim.importID), \(kept + index + 1), \(entry.kind.rawValue), \(entry.line), \(entry.record),
                        \(entry.issue.severity.rawValue), \(entry.key), \(entry.issue.column),
                        \(entry.issue.code.rawValue), \(entry.issue.message))
                """)
        }
        try writer.execute("""
            UPDATE gias_imports SET issues_found = issues_found + \(issues.count),
                   issues_kept = issues_kept + \(room.count)
            WHERE id = \(claim.importID)
            """)
    }

    /// Tells searches to look again, if the file has changed what they look at.
    private static func raiseGeneration(_ kind: GiasFileKind, _ claim: ImportClaim,
                                        _ writer: any Writer) throws(StoreError) {
        guard kind == .establishments || kind == .groups else { return }
        try writer.execute("""
            UPDATE register_generation SET generation = generation + 1 WHERE EXISTS (
                SELECT 1 FROM gias_import_files WHERE import_id = \(claim.importID) AND kind = \(kind.rawValue)
                AND inserted + updated > 0)
            """)
    }
}
