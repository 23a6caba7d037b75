import ServiceKit
import Storage
import Values

/// Opening, starting, cancelling and looking at imports.
extension PartnershipStore {
    static let imports = ImportTable("gias_imports", entity: "gias-import")

    func createImport(
        _ mutation: Mutation, reply: @escaping @Sendable (GiasImport) -> [UInt8]
    ) async throws -> [UInt8] {
        let id = identifiers.next()
        return try await store.mutate(mutation) { writer in
            let created = GiasImport(id: id, state: .receiving, createdAt: mutation.at, version: 1)
            try writer.execute("""
                INSERT INTO gias_imports (id, state, failure, cancel_requested, created_at, version, runner, runner_until,
                                          issues_found, issues_kept, actor_id, actor_kind, request_id)
                VALUES (\(id), \(ImportState.receiving.rawValue), '', 0, \(mutation.at), 1, '', 0, 0, 0,
                        \(mutation.actor.id), \(mutation.actor.kind), \(mutation.requestID))
                """)
            try writer.recordHistory(entity: "gias-import", id: id.text, version: 1, change: "opened", mutation)
            return reply(created)
        }
    }

    func giasImport(_ id: UUIDv7) async throws -> GiasImport? {
        try await store.read { reader in try Self.giasImport(id, reader) }
    }

    /// Newest first.
    func giasImports(pageSize: Int, token: String) async throws -> Page<GiasImport> {
        let filters: [SQLValue] = [.text("gias-imports")]
        let after = try PageToken.keys(token, count: 1, filters: filters)
        return try await store.read { reader in
            let rest: SQL = after.map { "WHERE id < \($0[0])" } ?? ""
            let rows = try reader.rows("""
                SELECT \(raw: Self.importColumns) FROM gias_imports \(rest) ORDER BY id DESC LIMIT \(pageSize + 1)
                """)
            return try Page(rows, size: pageSize, filters: filters) { row in
                try Self.readImport(row, reader)
            } keys: { row in
                [try row.value("id")]
            }
        }
    }

    /// In the order of the files; nil if there is no such import.
    func issues(of id: UUIDv7, pageSize: Int, token: String) async throws -> Page<GiasRowIssue>? {
        let filters: [SQLValue] = [.text("gias-issues"), id.sqlValue]
        let after = try PageToken.keys(token, count: 1, filters: filters)
        return try await store.read { reader in
            guard try reader.row("SELECT 1 FROM gias_imports WHERE id = \(id)") != nil else { return nil }
            let rows = try reader.rows("""
                SELECT number, kind, line, record, severity, row_key, column_name, code, message FROM gias_import_issues
                WHERE import_id = \(id) AND number > \(after?[0] ?? .int(0)) ORDER BY number LIMIT \(pageSize + 1)
                """)
            return try Page(rows, size: pageSize, filters: filters) { row in
                try Self.readIssue(row)
            } keys: { row in
                [try row.value(0)]
            }
        }
    }

    /// Puts an import that has a file in the queue. One that was started before stays as it is.
    func startImport(_ id: UUIDv7, _ mutation: Mutation) async throws -> GiasImport {
        try await store.write { writer in
            guard let found = try Self.giasImport(id, writer) else { throw ImportRefusal.unknown }
            try Self.imports.start(id, hasFile: !found.files.isEmpty, mutation, writer)
            return try Self.giasImport(id, writer) ?? found
        }
    }

    /// Cancels an import that does not run yet, or asks the runner to stop at its next checkpoint. One
    /// that has ended stays as it is.
    func cancelImport(_ id: UUIDv7, _ mutation: Mutation) async throws -> GiasImport {
        try await store.write { writer in
            try Self.imports.cancel(id, mutation, writer)
            guard let found = try Self.giasImport(id, writer) else { throw ImportRefusal.unknown }
            return found
        }
    }

    private static func readIssue(_ row: Row) throws(StoreError) -> GiasRowIssue {
        guard let kind = GiasFileKind(rawValue: Int(try row.int(1))),
              let severity = GiasIssue.Severity(rawValue: Int(try row.int(4))),
              let code = GiasIssue.Code(rawValue: try row.text(7)) else { throw row.unreadable("code", "issue") }
        return GiasRowIssue(
            kind: kind, line: Int(try row.int(2)), record: Int(try row.int(3)), key: try row.text(5),
            issue: GiasIssue(severity: severity, code: code, column: try row.text(6), message: try row.text(8)))
    }
}
