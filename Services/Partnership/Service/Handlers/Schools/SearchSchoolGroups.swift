import Contracts
import RPC
import ServiceKit

extension SchoolsService {
    func searchSchoolGroups(
        _ request: PartnershipV1.SearchSchoolGroupsRequest, context: ServerContext
    ) async throws -> PartnershipV1.SearchSchoolGroupsReply {
        var violations = FieldViolations()
        violations.require(request.query.unicodeScalars.count <= SearchQuery.longestText, "query",
                           "must be at most \(SearchQuery.longestText) characters")
        let pageSize = violations.pageSize(request.pageSize, standard: 20, most: 100)
        try violations.throwIfAny()
        let page = try await search.groups(
            request.query, typeCodes: Set(request.typeCode.map { RegisterTypes.padded($0, to: 2) }),
            openOnly: request.openOnly, pageSize: pageSize, token: request.pageToken)
        return .init(groups: page.elements.map { .init($0) }, nextPageToken: page.nextToken)
    }
}
