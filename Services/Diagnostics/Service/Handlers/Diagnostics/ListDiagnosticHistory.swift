import Contracts
import RPC
import ServiceKit
import Values

extension DiagnosticCalls {
    func listDiagnosticHistory(
        _ request: DiagnosticsV1.ListDiagnosticHistoryRequest, context: ServerContext
    ) async throws -> DiagnosticsV1.ListDiagnosticHistoryReply {
        let id = try UUIDv7(request.id, of: "diagnostic")
        var violations = FieldViolations()
        let pageSize = violations.pageSize(request.pageSize, standard: 50, most: 100)
        try violations.throwIfAny()
        guard let page = try await store.history(id, pageSize: pageSize, token: request.pageToken) else {
            throw RPCError.notFound("diagnostic", request.id)
        }
        return .init(entries: page.elements.map { .init($0) }, nextPageToken: page.nextToken)
    }
}
