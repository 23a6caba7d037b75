import Contracts
import RPC

extension PartnersService {
    func getPartnerCounts(_ request: PartnershipV1.GetPartnerCountsRequest, context: ServerContext) async throws -> PartnershipV1.PartnerCounts {
        throw RPCError(.unimplemented, "Not built yet.")
    }
}
