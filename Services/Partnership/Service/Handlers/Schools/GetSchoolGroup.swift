import Contracts
import RPC
import ServiceKit

extension SchoolsService {
    func getSchoolGroup(
        _ request: PartnershipV1.GetSchoolGroupRequest, context: ServerContext
    ) async throws -> PartnershipV1.SchoolGroup {
        guard let uid = Int(exactly: request.uid), let group = try await store.group(uid) else {
            throw RPCError.notFound("school group", "\(request.uid)")
        }
        return PartnershipV1.SchoolGroup(group)
    }
}
