import Contracts
import RPC
import ServiceKit

extension CandidatesService {
    func listCandidates(
        _ request: EnrolmentV1.ListCandidatesRequest, context: ServerContext
    ) async throws -> EnrolmentV1.ListCandidatesReply {
        var violations = FieldViolations()
        var filter = CandidateFilter()
        violations.employers(request.schoolUrn, request.groupUid, into: &filter)
        violations.require(!request.order.isUnrecognized, "order", "must be an order that this release knows")
        filter.order = CandidateFilter.Order(rawValue: Int(request.order.rawValue)) ?? .name
        let pageSize = violations.pageSize(request.pageSize, standard: 20, most: 100)
        try violations.throwIfAny()
        let page = try await store.candidates(filter, pageSize: pageSize, token: request.pageToken)
        return .init(candidates: page.elements.map { .init($0) }, nextPageToken: page.nextToken)
    }
}

extension FieldViolations {
    /// Schools or trusts that one list can be of.
    private static let mostEmployers = 200

    mutating func employers(_ schools: [Int64], _ groups: [Int64], into filter: inout CandidateFilter) {
        for (field, count) in [("schoolUrn", schools.count), ("groupUid", groups.count)] {
            require(count <= Self.mostEmployers, field, "must be at most \(Self.mostEmployers)")
        }
        for (index, number) in schools.prefix(Self.mostEmployers).enumerated() {
            if let urn = urn(number, "schoolUrn[\(index)]") { filter.schools.append(urn) }
        }
        for (index, number) in groups.prefix(Self.mostEmployers).enumerated() {
            if let uid = groupUID(number, "groupUid[\(index)]") { filter.groups.append(uid) }
        }
    }
}
