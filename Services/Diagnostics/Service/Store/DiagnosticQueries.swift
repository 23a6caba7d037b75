import ServiceKit
import Storage
import Values

/// How many diagnostics a cohort has of a programme in a status.
struct DiagnosticCount: Hashable, Sendable {
    var programme: String
    var status: DiagnosticStatus
    var diagnostics: Int64
}

/// What is asked of diagnostics.
extension DiagnosticsStore {
    func diagnostic(_ id: UUIDv7) async throws -> Diagnostic? {
        try await store.read { reader in try DiagnosticTable.find(id, reader) }
    }

    func sheet(_ id: UUIDv7) async throws -> Sheet? {
        try await store.read { reader in
            guard let diagnostic = try DiagnosticTable.find(id, reader) else { return nil }
            return Sheet(diagnostic, try instrument(of: diagnostic), try AnswerTable.all(of: id, reader))
        }
    }

    /// Refused before the diagnostic is submitted.
    func profile(_ id: UUIDv7) async throws -> Profile? {
        try await store.read { reader in
            guard let diagnostic = try DiagnosticTable.find(id, reader) else { return nil }
            guard diagnostic.status == .submitted else { throw DiagnosticsRefusal.notSubmitted }
            return try profile(diagnostic, try AnswerTable.all(of: id, reader))
        }
    }

    func diagnostics(_ filter: DiagnosticFilter, pageSize: Int, token: String) async throws -> Page<Diagnostic> {
        let after = try PageToken.keys(token, count: filter.keys.count, filters: filter.values)
        return try await store.read { reader in
            let rows = try reader.rows(filter.question(after: after, limit: pageSize + 1))
            return try Page(rows, size: pageSize, filters: filter.values) { row in
                try DiagnosticTable.read(row)
            } keys: { row in
                try filter.keys.map { try row.value($0) }
            }
        }
    }

    /// By programme, then status.
    func counts(ofCohort id: String) async throws -> [DiagnosticCount] {
        try await store.read { reader in
            try reader.rows("""
                SELECT programme, status, COUNT(*) FROM diagnostics WHERE cohort_id = \(id)
                GROUP BY programme, status ORDER BY programme, status
                """).map { row in
                    guard let status = DiagnosticStatus(rawValue: try row.number(1)) else {
                        throw row.unreadable(1, "status")
                    }
                    return DiagnosticCount(programme: try row.text(0), status: status, diagnostics: try row.int(2))
                }
        }
    }

    /// Newest first; nil if there is no such diagnostic.
    func history(_ id: UUIDv7, pageSize: Int, token: String) async throws -> Page<HistoryRecord>? {
        try await store.history(of: id, entity: Self.entity, pageSize: pageSize, token: token)
    }
}
