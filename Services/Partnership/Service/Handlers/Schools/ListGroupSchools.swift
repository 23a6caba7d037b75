import Contracts
import RPC
import ServiceKit

extension SchoolsService {
    func listGroupSchools(
        _ request: PartnershipV1.ListGroupSchoolsRequest, context: ServerContext
    ) async throws -> PartnershipV1.ListGroupSchoolsReply {
        var violations = FieldViolations()
        let pageSize = violations.pageSize(request.pageSize, standard: 50, most: 100)
        try violations.throwIfAny()
        guard let uid = Int(exactly: request.uid),
              let page = try await store.schools(inGroup: uid, pageSize: pageSize, token: request.pageToken) else {
            throw RPCError.notFound("school group", "\(request.uid)")
        }
        return .init(schools: page.elements.map { .init($0) }, nextPageToken: page.nextToken)
    }
}
