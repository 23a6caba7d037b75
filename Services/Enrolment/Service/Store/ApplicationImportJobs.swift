import ServiceKit
import Storage
import Values

/// Opening, starting, cancelling and looking at imports.
extension EnrolmentStore {
    static let imports = ImportTable("application_imports", entity: "application-import")

    func createImport(
        cohort: CohortID?, isDryRun: Bool, _ mutation: Mutation,
        reply: @escaping @Sendable (ApplicationImport) -> [UInt8]
    ) async throws -> [UInt8] {
        let id = identifiers.next()
        return try await store.mutate(mutation) { writer in
            if let cohort, try CohortTable.find(cohort, writer) == nil { throw RecordNotFound.cohort(cohort.text) }
            let created = ApplicationImport(id: id, state: .receiving, isDryRun: isDryRun, cohortID: cohort,
                                            createdAt: mutation.at, version: RecordVersion.first)
            try writer.execute("""
                INSERT INTO application_imports (
                    id, state, is_dry_run, cohort_id, file_name, bytes_total, bytes_read, rows_read, created, matched,
                    unchanged, warned, rejected, failure, cancel_requested, created_at, version, runner,
                    runner_until, actor_id, actor_kind, request_id)
                VALUES (
                    \(id), \(created.state.rawValue), \(isDryRun), \(cohort.sqlValue), '', 0, 0, 0, 0, 0,
                    0, 0, 0, '', 0, \(mutation.at), 1, '',
                    0, \(mutation.actor.id), \(mutation.actor.kind), \(mutation.requestID))
                """)
            try writer.recordHistory(entity: "application-import", id: id.text, version: 1, change: "opened", mutation)
            return reply(created)
        }
    }

    func applicationImport(_ id: UUIDv7) async throws -> ApplicationImport? {
        try await store.read { reader in try Self.applicationImport(id, reader) }
    }

    static func applicationImport(_ id: UUIDv7, _ reader: any Reader) throws(StoreError) -> ApplicationImport? {
        try reader.row("SELECT \(raw: importColumns) FROM application_imports WHERE id = \(id)").map(read)
    }

    private static let importColumns = """
        id, state, is_dry_run, cohort_id, file_name, upload_id, bytes_total, bytes_read, rows_read, created, \
        matched, unchanged, warned, rejected, failure, created_at, ended_at, version
        """

    private static func read(_ row: Row) throws(StoreError) -> ApplicationImport {
        var found = ApplicationImport(
            id: try row.identifier(0), state: try ImportTable.state(row, 1), isDryRun: try row.bool(2),
            createdAt: try row.instant(15), version: try row.int(17))
        found.cohortID = try row.optionalText(3) == nil ? nil : row.cohortID(3)
        found.fileName = try row.text(4)
        found.hasFile = try row.optionalText(5) != nil
        found.bytesTotal = try row.int(6)
        found.bytesRead = try row.int(7)
        found.rowsRead = try row.int(8)
        var counts: [RowOutcome: Int64] = [:]
        for outcome in RowOutcome.allCases { counts[outcome] = try row.int(8 + outcome.rawValue) }
        found.counts = OutcomeCounts(counts)
        found.failure = try row.text(14)
        found.endedAt = try row.optionalInstant(16)
        return found
    }

    /// Newest first.
    func applicationImports(
        _ states: [ImportState], pageSize: Int, token: String
    ) async throws -> Page<ApplicationImport> {
        let chosen = Set(states.map(\.rawValue)).sorted()
        let filters: [SQLValue] = [
            .text("application-imports"), .text(chosen.map(String.init).joined(separator: ",")),
        ]
        let after = try PageToken.keys(token, count: 1, filters: filters)
        return try await store.read { reader in
            var conditions: [SQL] = ["1 = 1"]
            if !chosen.isEmpty { conditions.append("state IN \(list: chosen)") }
            if let after { conditions.append("id < \(after[0])") }
            let rows = try reader.rows("""
                SELECT \(raw: Self.importColumns) FROM application_imports
                WHERE \(conditions.joined(separator: " AND ")) ORDER BY id DESC LIMIT \(pageSize + 1)
                """)
            return try Page(rows, size: pageSize, filters: filters) { row in
                try Self.read(row)
            } keys: { [try $0.value(0)] }
        }
    }

    /// In the order of the file; nil if there is no such import.
    func results(of id: UUIDv7, _ outcomes: [RowOutcome], pageSize: Int,
                 token: String) async throws -> Page<RowResult>? {
        let chosen = outcomes.map(\.rawValue).sorted()
        let filters: [SQLValue] = [
            .text("import-rows"), id.sqlValue, .text(chosen.map(String.init).joined(separator: ",")),
        ]
        let after = try PageToken.keys(token, count: 1, filters: filters)
        return try await store.read { reader in
            guard try reader.row("SELECT 1 FROM application_imports WHERE id = \(id)") != nil else { return nil }
            let chosenOnly: SQL = chosen.isEmpty ? "" : " AND outcome IN \(list: chosen)"
            let rows = try reader.rows("""
                SELECT line, outcome, reference, candidate_id, application_id, issues FROM application_import_rows
                WHERE import_id = \(id) AND line > \(after?[0] ?? .int(0))\(chosenOnly)
                ORDER BY line LIMIT \(pageSize + 1)
                """)
            return try Page(rows, size: pageSize, filters: filters) { row in
                guard let outcome = RowOutcome(rawValue: Int(try row.int(1))) else { throw row.unreadable(1, "outcome") }
                return RowResult(
                    line: Int(try row.int(0)), outcome: outcome, reference: try row.text(2),
                    candidateID: UUIDv7(try row.text(3)), applicationID: UUIDv7(try row.text(4)),
                    issues: IssueText.read(try row.text(5)))
            } keys: { row in
                [try row.value(0)]
            }
        }
    }

    /// Puts an import that has a file in the queue. One that was started before stays as it is.
    func startImport(_ id: UUIDv7, _ mutation: Mutation) async throws -> ApplicationImport {
        try await store.write { writer in
            guard let found = try Self.applicationImport(id, writer) else { throw ImportRefusal.unknown }
            try Self.imports.start(id, hasFile: found.hasFile, mutation, writer)
            return try Self.applicationImport(id, writer) ?? found
        }
    }

    /// Cancels an import that does not run yet, or asks the runner to stop at its next checkpoint. One
    /// that has ended stays as it is.
    func cancelImport(_ id: UUIDv7, _ mutation: Mutation) async throws -> ApplicationImport {
        try await store.write { writer in
            try Self.imports.cancel(id, mutation, writer)
            guard let found = try Self.applicationImport(id, writer) else { throw ImportRefusal.unknown }
            return found
        }
    }
}

/// Issues of a row in one column: "code related" on a line each.
enum IssueText {
    static func text(_ issues: [RowIssue]) -> String {
        issues.map { "\($0.code.rawValue) \($0.related)" }.joined(separator: "\n")
    }

    static func read(_ text: String) -> [RowIssue] {
        text.split(separator: "\n").compactMap { line in
            let parts = line.split(separator: " ", maxSplits: 1)
            guard let code = parts.first.flatMap({ RowIssue.Code(rawValue: String($0)) }) else { return nil }
            return RowIssue(code: code, related: parts.count == 2 ? String(parts[1]) : "")
        }
    }
}
