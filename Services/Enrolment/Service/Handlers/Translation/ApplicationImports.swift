import Contracts
import RPC
import ServiceKit
import Values

extension EnrolmentV1.ApplicationImport {
    init(_ found: ApplicationImport) {
        self.init(
            id: found.id.text, state: .init(rawValue: Int32(found.state.rawValue)), dryRun: found.isDryRun,
            cohortId: found.cohortID?.text ?? "", fileName: found.fileName, bytesTotal: found.bytesTotal,
            bytesRead: found.bytesRead, rowsRead: found.rowsRead, created: found.counts[.created],
            matched: found.counts[.matched], unchanged: found.counts[.unchanged], warned: found.counts[.warned],
            rejected: found.counts[.rejected], failure: found.failure, createdAt: .init(found.createdAt),
            endedAt: found.endedAt.map { .init($0) }, version: found.version)
    }
}

extension EnrolmentV1.RowResult {
    init(_ result: RowResult) {
        self.init(
            line: Int64(result.line), outcome: .init(rawValue: Int32(result.outcome.rawValue)),
            candidateId: result.candidateID?.text ?? "", applicationId: result.applicationID?.text ?? "",
            issues: result.issues.map { .init($0) }, reference: result.reference)
    }
}

extension EnrolmentV1.RowIssue {
    init(_ issue: RowIssue) {
        self.init(column: issue.column, code: issue.code.rawValue, message: issue.message,
                  severity: .init(rawValue: Int32(issue.severity.rawValue)), relatedReference: issue.related)
    }
}

enum ImportErrors {
    /// Runs something with an import and translates what it was refused for.
    static func translate<Value>(_ id: String, _ body: () async throws -> Value) async throws -> Value {
        do {
            return try await EnrolmentErrors.translate(id, body)
        } catch let refusal as ImportRefusal {
            throw RPCError(refusal, importID: id)
        }
    }
}
