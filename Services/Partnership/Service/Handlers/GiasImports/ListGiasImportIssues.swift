import Contracts
import RPC
import ServiceKit
import Values

extension GiasImportsService {
    func listGiasImportIssues(
        _ request: PartnershipV1.ListGiasImportIssuesRequest, context: ServerContext
    ) async throws -> PartnershipV1.ListGiasImportIssuesReply {
        let id = try UUIDv7(request.id, of: "import")
        var violations = FieldViolations()
        let pageSize = violations.pageSize(request.pageSize, standard: 100, most: 1000)
        try violations.throwIfAny()
        guard let page = try await store.issues(of: id, pageSize: pageSize, token: request.pageToken) else {
            throw RPCError.notFound("import", request.id)
        }
        return .init(issues: page.elements.map { .init($0) }, nextPageToken: page.nextToken)
    }
}
