import ServiceKit
import Storage
import Values

/// Taking in the file of an import. Its bytes are kept in chunks under the upload that brought them;
/// only a whole upload becomes the import's file.
extension EnrolmentStore {
    private static let chunks = ChunkTable("application_import_chunks")
    /// People deleted in one transaction, so that the writer is not kept from others for long.
    private static let sweepStep = 1000

    /// Refuses an import that takes no file.
    func beginUpload(to id: UUIDv7) async throws -> UUIDv7 {
        try await store.read { reader in try Self.imports.checkReceiving(id, reader) }
        return identifiers.next()
    }

    func appendChunk(_ bytes: [UInt8], number: Int, to upload: UUIDv7) async throws {
        try await Self.chunks.append(bytes, number: number, to: upload, in: store)
    }

    /// Makes the upload the import's file, in place of an earlier one.
    func completeUpload(_ upload: UUIDv7, name: String, bytes: Int64, to id: UUIDv7) async throws -> ApplicationImport {
        let (found, replaced) = try await store.write { writer -> (ApplicationImport, String?) in
            try Self.imports.checkReceiving(id, writer)
            let replaced = try writer.row("SELECT upload_id FROM application_imports WHERE id = \(id)")?.optionalText(0)
            try writer.execute("""
                UPDATE application_imports SET upload_id = \(upload), file_name = \(name), bytes_total = \(bytes),
                       version = version + 1
                WHERE id = \(id)
                """)
            guard let found = try Self.applicationImport(id, writer) else { throw ImportRefusal.unknown }
            return (found, replaced)
        }
        if let replaced { try await Self.chunks.remove(replaced, in: store) }
        return found
    }

    /// Removes what a broken-off upload had brought.
    func abandonUpload(_ upload: UUIDv7) async throws {
        try await Self.chunks.remove(upload.text, in: store)
    }

    /// Removes what no import needs: chunks and people of imports that have ended, and chunks of uploads
    /// that broke off with the process that took them, more than a day ago.
    func sweepImports(now: Instant) async throws {
        let bound = ChunkTable.brokenOffBound(now: now)
        let (uploads, imports) = try await store.read { reader in
            let uploads = try reader.rows("""
                SELECT DISTINCT c.upload_id FROM application_import_chunks c
                LEFT JOIN application_imports i ON i.upload_id = c.upload_id
                WHERE (i.upload_id IS NULL AND c.upload_id < \(bound)) OR i.state IN (4, 5, 6)
                """).map { try $0.text(0) }
            let imports = try reader.rows("""
                SELECT id FROM application_imports i WHERE i.state IN (4, 5, 6)
                AND EXISTS (SELECT 1 FROM application_import_people p WHERE p.import_id = i.id)
                """).map { try $0.identifier(0) }
            return (uploads, imports)
        }
        for upload in uploads { try await Self.chunks.remove(upload, in: store) }
        for id in imports { try await removePeople(of: id) }
    }

    /// Removes what an import needed while it ran.
    func removeWorkings(of id: UUIDv7) async throws {
        let upload = try await store.read { reader in
            try reader.row("SELECT upload_id FROM application_imports WHERE id = \(id)")?.optionalText(0)
        }
        if let upload { try await Self.chunks.remove(upload, in: store) }
        try await removePeople(of: id)
    }

    private func removePeople(of id: UUIDv7) async throws {
        try await store.deleteInSteps(Self.sweepStep) { limit in
            """
            DELETE FROM application_import_people WHERE import_id = \(id) AND line IN (
                SELECT line FROM application_import_people WHERE import_id = \(id) ORDER BY line LIMIT \(limit))
            """
        }
    }
}
