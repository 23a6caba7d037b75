import ServiceKit
import Storage
import Values

/// Running imports, from checkpoint to checkpoint.
extension PartnershipStore {
    /// Writes down when an import began, once.
    func beginImport(_ claim: ImportClaim, at now: Instant) async throws {
        try await Self.imports.checkpoint(claim, in: store, at: now) { writer in
            _ = try writer.execute("""
                UPDATE gias_imports SET started_at = COALESCE(started_at, \(now)) WHERE id = \(claim.importID)
                """)
        }
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
        try await Self.imports.checkpoint(claim, in: store, at: now) { writer in
            var changes = RegisterChanges(store: self, writer: writer, claim: claim, now: now)
            try changes.apply(batch.records, of: file)
            try Self.keep(changes.issues, claim, writer)
            try Self.count(changes.counts, file.kind, batch, claim, writer)
            if batch.isLast { try Self.raiseGeneration(file.kind, claim, writer) }
            guard let progress = try Self.giasImport(claim.importID, writer) else { throw ImportInterruption.claimLost }
            return progress
        }
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
