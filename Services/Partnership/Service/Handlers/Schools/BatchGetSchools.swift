import Contracts
import RPC
import ServiceKit
import Values

extension SchoolsService {
    private static var mostURNs: Int { 200 }

    func batchGetSchools(
        _ request: PartnershipV1.BatchGetSchoolsRequest, context: ServerContext
    ) async throws -> PartnershipV1.BatchGetSchoolsReply {
        var violations = FieldViolations()
        violations.require(request.urns.count <= Self.mostURNs, "urns", "must be at most \(Self.mostURNs)")
        try violations.throwIfAny()
        // What cannot be a URN names no school.
        let found = try await store.schools(request.urns.compactMap { Int(exactly: $0) })
        return .init(schools: found.map { .init($0) })
    }
}
