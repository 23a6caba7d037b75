import Contracts
import RPC
import ServiceKit
import Values

extension PartnersService {
    func getPartner(
        _ request: PartnershipV1.GetPartnerRequest, context: ServerContext
    ) async throws -> PartnershipV1.Partner {
        let id = try UUIDv7(request.id, of: "partner")
        guard let partner = try await store.partner(id) else { throw RPCError.notFound("partner", request.id) }
        return PartnershipV1.Partner(partner)
    }
}
