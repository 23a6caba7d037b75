import Contracts
import RPC
import ServiceKit
import Values

extension PartnersService {
    func getPartnerCounts(
        _ request: PartnershipV1.GetPartnerCountsRequest, context: ServerContext
    ) async throws -> PartnershipV1.PartnerCounts {
        let id = try UUIDv7(request.id, of: "partner")
        var violations = FieldViolations()
        let asOf = violations.date(request.asOf, "asOf") ?? wallClock.today()
        try violations.throwIfAny()
        guard let counts = try await store.counts(of: id, asOf: asOf) else {
            throw RPCError.notFound("partner", request.id)
        }
        return PartnershipV1.PartnerCounts(counts)
    }
}
