import Contracts
import RPC
import ServiceKit

extension SchoolsService {
    func searchSchools(
        _ request: PartnershipV1.SearchSchoolsRequest, context: ServerContext
    ) async throws -> PartnershipV1.SearchSchoolsReply {
        var violations = FieldViolations()
        violations.require(request.query.unicodeScalars.count <= SearchQuery.longestText, "query",
                           "must be at most \(SearchQuery.longestText) characters")
        let pageSize = violations.pageSize(request.pageSize, standard: 20, most: 100)
        var filter = SchoolFilter(selectableOnly: request.selectableOnly)
        for (index, status) in request.status.enumerated() {
            let known = SchoolStatus(rawValue: Int(status.rawValue))
            violations.require(known != nil, "status[\(index)]", "must be a status that this release knows")
            if let known { filter.statuses.insert(known) }
        }
        try violations.throwIfAny()
        // Codes are kept as in a download; people leave noughts out.
        filter.typeCodes = Set(request.typeCode.map { RegisterTypes.padded($0, to: 2) })
        filter.phaseCodes = Set(request.phaseCode.map { RegisterTypes.bare($0) })
        filter.regionCodes = Set(request.regionCode.map { $0.uppercased() })
        filter.localAuthorityCodes = Set(request.localAuthorityCode.map { RegisterTypes.padded($0, to: 3) })
        filter.districtCodes = Set(request.districtCode.map { $0.uppercased() })
        let page = try await search.schools(SearchQuery(request.query), filter, pageSize: pageSize,
                                            token: request.pageToken)
        return .init(schools: page.elements.map { .init($0) }, nextPageToken: page.nextToken)
    }
}
