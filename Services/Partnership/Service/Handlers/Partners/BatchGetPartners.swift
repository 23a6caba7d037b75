import Contracts
import RPC
import ServiceKit
import Values

extension PartnersService {
    private static var mostIDs: Int { 200 }

    func batchGetPartners(
        _ request: PartnershipV1.BatchGetPartnersRequest, context: ServerContext
    ) async throws -> PartnershipV1.BatchGetPartnersReply {
        var violations = FieldViolations()
        violations.require(request.ids.count <= Self.mostIDs, "ids", "must be at most \(Self.mostIDs)")
        try violations.throwIfAny()
        // What cannot be an id names no partner.
        let found = try await store.partners(request.ids.compactMap { UUIDv7($0) })
        return .init(partners: found.map { .init($0) })
    }
}
