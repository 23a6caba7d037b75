import Storage
import Values

/// Taking in the file of an import. Its bytes are kept in chunks under the upload that brought them;
/// only a whole upload becomes the import's file.
extension EnrolmentStore {
    /// Bytes in a chunk; the last one of a file may have fewer.
    static let chunkBytes = 256 * 1024
    /// Rows deleted in one transaction, so that the writer is not kept from others for long.
    private static let sweepStep = 32

    /// Refuses an import that takes no file.
    func beginUpload(to id: UUIDv7) async throws -> UUIDv7 {
        try await store.read { reader in _ = try Self.receiving(id, reader) }
        return identifiers.next()
    }

    func appendChunk(_ bytes: [UInt8], number: Int, to upload: UUIDv7) async throws {
        try await store.write { writer in
            try writer.execute("""
                INSERT INTO application_import_chunks (upload_id, number, bytes) VALUES (\(upload), \(number), \(bytes))
                """)
        }
    }

    /// Makes the upload the import's file, in place of an earlier one.
    func completeUpload(_ upload: UUIDv7, name: String, bytes: Int64, to id: UUIDv7) async throws -> ApplicationImport {
        let (found, replaced) = try await store.write { writer -> (ApplicationImport, String?) in
            let replaced = try Self.receiving(id, writer)
            try writer.execute("""
                UPDATE application_imports SET upload_id = \(upload), file_name = \(name), bytes_total = \(bytes),
                       version = version + 1
                WHERE id = \(id)
                """)
            guard let found = try Self.applicationImport(id, writer) else { throw ImportRefusal.unknown }
            return (found, replaced)
        }
        if let replaced { try await removeChunks(of: replaced) }
        return found
    }

    /// Removes what a broken-off upload had brought.
    func abandonUpload(_ upload: UUIDv7) async throws {
        try await removeChunks(of: upload.text)
    }

    /// Removes what no import needs: chunks and people of imports that have ended, and chunks of uploads
    /// that broke off with the process that took them, more than a day ago.
    func sweepImports(now: Instant) async throws {
        let dayAgo = now - .seconds(24 * 60 * 60)
        let bound = UUIDv7(milliseconds: UInt64(max(0, dayAgo.microseconds / 1000)), sequence: 0, random: 0)
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
        for upload in uploads { try await removeChunks(of: upload) }
        for id in imports { try await removePeople(of: id) }
    }

    /// Removes what an import needed while it ran.
    func removeWorkings(of id: UUIDv7) async throws {
        let upload = try await store.read { reader in
            try reader.row("SELECT upload_id FROM application_imports WHERE id = \(id)")?.optionalText(0)
        }
        if let upload { try await removeChunks(of: upload) }
        try await removePeople(of: id)
    }

    private func removeChunks(of upload: String) async throws {
        try await removeInSteps(Self.sweepStep) { limit in
            """
            DELETE FROM application_import_chunks WHERE upload_id = \(upload) AND number IN (
                SELECT number FROM application_import_chunks WHERE upload_id = \(upload) ORDER BY number LIMIT \(limit))
            """
        }
    }

    private func removePeople(of id: UUIDv7) async throws {
        try await removeInSteps(1000) { limit in
            """
            DELETE FROM application_import_people WHERE import_id = \(id) AND line IN (
                SELECT line FROM application_import_people WHERE import_id = \(id) ORDER BY line LIMIT \(limit))
            """
        }
    }

    private func removeInSteps(_ step: Int, _ statement: @escaping @Sendable (Int) -> SQL) async throws {
        var removed = step
        while removed == step {
            removed = try await store.write { writer in try writer.execute(statement(step)) }
        }
    }

    /// The upload that an import has. Refuses one that takes no file any more.
    private static func receiving(_ id: UUIDv7, _ reader: any Reader) throws -> String? {
        guard let row = try reader.row("SELECT state, upload_id FROM application_imports WHERE id = \(id)") else {
            throw ImportRefusal.unknown
        }
        if let state = ApplicationImportState(rawValue: Int(try row.int(0))), state != .receiving {
            throw ImportRefusal.notReceiving(state)
        }
        return try row.optionalText(1)
    }
}
