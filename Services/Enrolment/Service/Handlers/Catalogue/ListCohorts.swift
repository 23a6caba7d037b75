import Contracts
import RPC
import ServiceKit

extension CatalogueService {
    func listCohorts(
        _ request: EnrolmentV1.ListCohortsRequest, context: ServerContext
    ) async throws -> EnrolmentV1.ListCohortsReply {
        var violations = FieldViolations()
        let pageSize = violations.pageSize(request.pageSize, standard: 20, most: 100)
        try violations.throwIfAny()
        let page = try await store.cohorts(pageSize: pageSize, token: request.pageToken)
        return .init(cohorts: page.elements.map { .init($0) }, nextPageToken: page.nextToken)
    }
}
