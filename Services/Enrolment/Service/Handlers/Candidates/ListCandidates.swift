import Contracts
import RPC
import ServiceKit
import Values

extension CandidatesService {
    /// Longest text that is searched for, in characters.
    private static var longestQuery: Int { 200 }
    /// Schools or trusts that one list can be of.
    private static var mostFilters: Int { 200 }

    func listCandidates(
        _ request: EnrolmentV1.ListCandidatesRequest, context: ServerContext
    ) async throws -> EnrolmentV1.ListCandidatesReply {
        var violations = FieldViolations()
        violations.require(request.query.unicodeScalars.count <= Self.longestQuery, "query",
                           "must be at most \(Self.longestQuery) characters")
        for (field, count) in [("schoolUrn", request.schoolUrn.count), ("groupUid", request.groupUid.count)] {
            violations.require(count <= Self.mostFilters, field, "must be at most \(Self.mostFilters)")
        }
        var filter = CandidateFilter(query: request.query)
        for (index, urn) in request.schoolUrn.prefix(Self.mostFilters).enumerated() {
            if let urn = violations.urn(urn, "schoolUrn[\(index)]") { filter.schools.append(urn) }
        }
        for (index, uid) in request.groupUid.prefix(Self.mostFilters).enumerated() {
            if let uid = violations.groupUID(uid, "groupUid[\(index)]") { filter.groups.append(uid) }
        }
        filter.trn = request.trn.flatMap { violations.trn($0, "trn") }
        violations.require(!request.order.isUnrecognized, "order", "must be an order that this release knows")
        filter.order = CandidateFilter.Order(rawValue: Int(request.order.rawValue)) ?? .name
        let pageSize = violations.pageSize(request.pageSize, standard: 20, most: 100)
        try violations.throwIfAny()
        let page = try await store.candidates(filter, pageSize: pageSize, token: request.pageToken)
        return .init(candidates: page.elements.map { .init($0) }, nextPageToken: page.nextToken)
    }
}
