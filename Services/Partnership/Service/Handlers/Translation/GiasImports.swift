import Contracts
import RPC
import ServiceKit
import Values

extension PartnershipV1.GiasImport {
    init(_ found: GiasImport) {
        self.init(
            id: found.id.text, state: PartnershipV1.GiasImportState(rawValue: Int32(found.state.rawValue)),
            files: found.files.map { .init($0) }, failure: found.failure, createdAt: .init(found.createdAt),
            startedAt: found.startedAt.map { .init($0) }, endedAt: found.endedAt.map { .init($0) },
            version: found.version, issuesFound: found.issuesFound, issuesKept: found.issuesKept)
    }
}

extension PartnershipV1.GiasFileProgress {
    init(_ file: GiasFileProgress) {
        let counts = file.counts
        self.init(
            file: .init(file.kind), name: file.name, bytesTotal: file.bytesTotal, bytesRead: file.bytesRead,
            rowsRead: counts.rowsRead, inserted: counts.inserted, updated: counts.updated, unchanged: counts.unchanged,
            ignored: counts.ignored, rejected: counts.rejected, warned: counts.warned)
    }
}

extension PartnershipV1.GiasFile {
    init(_ kind: GiasFileKind) {
        self.init(rawValue: Int32(kind.rawValue))
    }
}

extension PartnershipV1.GiasIssue {
    init(_ row: GiasRowIssue) {
        self.init(
            file: .init(row.kind), line: Int64(row.line), record: Int64(row.record),
            severity: Severity(rawValue: Int32(row.issue.severity.rawValue)), key: row.key, column: row.issue.column,
            code: row.issue.code.rawValue, message: row.issue.message)
    }
}

enum ImportErrors {
    /// Runs something with an import and translates what it was refused for.
    static func translate<Value>(_ id: String, _ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let refusal as ImportRefusal {
            throw RPCError(refusal, importID: id)
        }
    }
}
