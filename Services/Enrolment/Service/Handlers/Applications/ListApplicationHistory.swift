import Contracts
import RPC
import ServiceKit
import Values

extension ApplicationsService {
    func listApplicationHistory(
        _ request: EnrolmentV1.ListApplicationHistoryRequest, context: ServerContext
    ) async throws -> EnrolmentV1.ListApplicationHistoryReply {
        let id = try UUIDv7(request.id, of: "application")
        var violations = FieldViolations()
        let pageSize = violations.pageSize(request.pageSize, standard: 50, most: 100)
        try violations.throwIfAny()
        guard let page = try await store.history(of: id, pageSize: pageSize, token: request.pageToken) else {
            throw RPCError.notFound("application", request.id)
        }
        return .init(entries: page.elements.map { .init($0) }, nextPageToken: page.nextToken)
    }
}
