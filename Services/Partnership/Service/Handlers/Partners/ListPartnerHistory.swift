import Contracts
import RPC
import ServiceKit
import Values

extension PartnersService {
    func listPartnerHistory(
        _ request: PartnershipV1.ListPartnerHistoryRequest, context: ServerContext
    ) async throws -> PartnershipV1.ListPartnerHistoryReply {
        let id = try UUIDv7(request.id, of: "partner")
        var violations = FieldViolations()
        let pageSize = violations.pageSize(request.pageSize, standard: 50, most: 100)
        try violations.throwIfAny()
        guard let page = try await store.history(of: id, pageSize: pageSize, token: request.pageToken) else {
            throw RPCError.notFound("partner", request.id)
        }
        return .init(entries: page.elements.map { .init($0) }, nextPageToken: page.nextToken)
    }
}
