import Contracts
import RPC
import ServiceKit
import Values

extension PartnersService {
    func listPartners(
        _ request: PartnershipV1.ListPartnersRequest, context: ServerContext
    ) async throws -> PartnershipV1.ListPartnersReply {
        var violations = FieldViolations()
        violations.require(request.query.unicodeScalars.count <= SearchQuery.longestText, "query",
                           "must be at most \(SearchQuery.longestText) characters")
        let asOf = violations.date(request.asOf, "asOf") ?? wallClock.today()
        var filter = PartnerFilter(query: request.query, asOf: asOf, inAgreement: request.inAgreement)
        filter.school = request.schoolUrn.flatMap { violations.urn($0, "schoolUrn") }
        for (index, kind) in request.kind.enumerated() {
            let known = violations.partnerKind(kind, "kind[\(index)]")
            violations.require(known != nil || kind.isUnrecognized, "kind[\(index)]", "must be a kind of partner")
            if let known { filter.kinds.insert(known) }
        }
        for (index, status) in request.status.enumerated() {
            let known = violations.partnerStatus(status, "status[\(index)]")
            violations.require(known != nil || status.isUnrecognized, "status[\(index)]", "must be a status")
            if let known { filter.statuses.insert(known) }
        }
        let pageSize = violations.pageSize(request.pageSize, standard: 20, most: 100)
        try violations.throwIfAny()
        let page = try await store.partners(filter, pageSize: pageSize, token: request.pageToken)
        return .init(partners: page.elements.map { .init($0) }, nextPageToken: page.nextToken)
    }
}
