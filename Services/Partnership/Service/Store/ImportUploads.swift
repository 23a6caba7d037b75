import ServiceKit
import Storage
import Values

/// Taking in the files of an import. A file's bytes are kept in chunks under the upload that brought
/// them; only a whole upload becomes the import's file.
extension PartnershipStore {
    private static let chunks = ChunkTable("gias_import_chunks")

    /// Refuses an import that takes no files.
    func beginUpload(to id: UUIDv7) async throws -> UUIDv7 {
        try await store.read { reader in try Self.imports.checkReceiving(id, reader) }
        return identifiers.next()
    }

    func appendChunk(_ bytes: [UInt8], number: Int, to upload: UUIDv7) async throws {
        try await Self.chunks.append(bytes, number: number, to: upload, in: store)
    }

    /// Makes the upload the import's file of its kind, in place of an earlier one.
    func completeUpload(
        _ upload: UUIDv7, of kind: GiasFileKind, name: String, bytes: Int64, to id: UUIDv7
    ) async throws -> GiasImport {
        let (found, replaced) = try await store.write { writer -> (GiasImport, String?) in
            try Self.imports.checkReceiving(id, writer)
            let replaced = try writer.row("""
                SELECT upload_id FROM gias_import_files WHERE import_id = \(id) AND kind = \(kind.rawValue)
                """)?.text(0)
            try writer.execute("DELETE FROM gias_import_files WHERE import_id = \(id) AND kind = \(kind.rawValue)")
            try writer.execute("""
                INSERT INTO gias_import_files (import_id, kind, name, upload_id, bytes_total, bytes_read, is_done, rows_read,
                                               inserted, updated, unchanged, ignored, rejected, warned)
                VALUES (\(id), \(kind.rawValue), \(name), \(upload), \(bytes), 0, 0, 0, 0, 0, 0, 0, 0, 0)
                """)
            try writer.execute("UPDATE gias_imports SET version = version + 1 WHERE id = \(id)")
            guard let found = try Self.giasImport(id, writer) else { throw ImportRefusal.unknown }
            return (found, replaced)
        }
        if let replaced { try await Self.chunks.remove(replaced, in: store) }
        return found
    }

    /// Removes what a broken-off upload had brought.
    func abandonUpload(_ upload: UUIDv7) async throws {
        try await Self.chunks.remove(upload.text, in: store)
    }

    /// Removes chunks that no import needs: of imports that have ended, and of uploads that broke off
    /// with the process that took them, more than a day ago.
    func sweepChunks(now: Instant) async throws {
        let bound = ChunkTable.brokenOffBound(now: now)
        let uploads = try await store.read { reader in
            try reader.rows("""
                SELECT DISTINCT c.upload_id FROM gias_import_chunks c
                LEFT JOIN gias_import_files f ON f.upload_id = c.upload_id
                LEFT JOIN gias_imports i ON i.id = f.import_id
                WHERE (f.upload_id IS NULL AND c.upload_id < \(bound)) OR i.state IN (4, 5, 6)
                """).map { try $0.text(0) }
        }
        for upload in uploads { try await Self.chunks.remove(upload, in: store) }
    }

    func removeChunks(of importID: UUIDv7) async throws {
        let uploads = try await store.read { reader in
            try reader.rows("SELECT upload_id FROM gias_import_files WHERE import_id = \(importID)").map { try $0.text(0) }
        }
        for upload in uploads { try await Self.chunks.remove(upload, in: store) }
    }
}
