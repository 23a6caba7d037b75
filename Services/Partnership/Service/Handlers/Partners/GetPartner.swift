import Contracts
import RPC
import ServiceKit

extension PartnersService {
    func getPartner(
        _ request: PartnershipV1.GetPartnerRequest, context: ServerContext
    ) async throws -> PartnershipV1.Partner {
        let id = try PartnerErrors.identifier(request.id, "partner")
        guard let partner = try await store.partner(id) else { throw RPCError.notFound("partner", request.id) }
        return PartnershipV1.Partner(partner)
    }
}
