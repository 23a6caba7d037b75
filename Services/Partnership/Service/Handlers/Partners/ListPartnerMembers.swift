import Contracts
import RPC
import ServiceKit
import Values

extension PartnersService {
    func listPartnerMembers(
        _ request: PartnershipV1.ListPartnerMembersRequest, context: ServerContext
    ) async throws -> PartnershipV1.ListPartnerMembersReply {
        let id = try UUIDv7(request.partnerId, of: "partner")
        var violations = FieldViolations()
        let asOf = violations.date(request.asOf, "asOf")
        let pageSize = violations.pageSize(request.pageSize, standard: 50, most: 100)
        try violations.throwIfAny()
        guard let page = try await store.members(of: id, asOf: asOf, pageSize: pageSize, token: request.pageToken) else {
            throw RPCError.notFound("partner", request.partnerId)
        }
        return .init(members: page.elements.map { .init($0) }, nextPageToken: page.nextToken)
    }
}
