import Contracts
import RPC
import ServiceKit

extension GiasImportsService {
    func listGiasImports(
        _ request: PartnershipV1.ListGiasImportsRequest, context: ServerContext
    ) async throws -> PartnershipV1.ListGiasImportsReply {
        var violations = FieldViolations()
        let pageSize = violations.pageSize(request.pageSize, standard: 20, most: 100)
        try violations.throwIfAny()
        let page = try await store.giasImports(pageSize: pageSize, token: request.pageToken)
        return .init(imports: page.elements.map { .init($0) }, nextPageToken: page.nextToken)
    }
}
