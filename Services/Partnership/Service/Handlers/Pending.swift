import Contracts
import RPC

extension PartnersService {
    func batchGetPartners(_ request: PartnershipV1.BatchGetPartnersRequest, context: ServerContext) async throws -> PartnershipV1.BatchGetPartnersReply {
        throw RPCError(.unimplemented, "Not built yet.")
    }
    func getPartnerCounts(_ request: PartnershipV1.GetPartnerCountsRequest, context: ServerContext) async throws -> PartnershipV1.PartnerCounts {
        throw RPCError(.unimplemented, "Not built yet.")
    }
}

extension SchoolsService {
    func batchGetSchools(_ request: PartnershipV1.BatchGetSchoolsRequest, context: ServerContext) async throws -> PartnershipV1.BatchGetSchoolsReply {
        throw RPCError(.unimplemented, "Not built yet.")
    }
}
