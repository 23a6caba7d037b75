import ServiceKit
import Storage
import Values

/// Running imports, from checkpoint to checkpoint.
extension EnrolmentStore {
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
        try await Self.imports.checkpoint(claim, in: store, at: now) { writer in
            guard let job = try Self.applicationImport(claim.importID, writer) else { throw ImportInterruption.claimLost }
            var rows = RowChanges(store: self, writer: writer, job: job, mutation: claim.mutation(at: now))
            try rows.apply(batch.rows)
            let counts = rows.counts
            let bytesRead: SQL = batch.isLast ? "bytes_total" : "\(batch.rows.last?.endOffset ?? job.bytesRead)"
            try writer.execute("""
                UPDATE application_imports SET bytes_read = \(bytesRead), rows_read = rows_read + \(batch.rows.count),
                       created = created + \(counts[.created]), matched = matched + \(counts[.matched]),
                       unchanged = unchanged + \(counts[.unchanged]), warned = warned + \(counts[.warned]),
                       rejected = rejected + \(counts[.rejected])
                WHERE id = \(claim.importID)
                """)
            return try Self.applicationImport(claim.importID, writer) ?? job
        }
    }
}
