import Contracts
import RPC
import ServiceKit
import Values

extension SchoolsService {
    func getSchool(
        _ request: PartnershipV1.GetSchoolRequest, context: ServerContext
    ) async throws -> PartnershipV1.School {
        guard let number = Int(exactly: request.urn), let urn = URN(number: number),
              let school = try await store.school(urn) else {
            throw RPCError.notFound("school", "\(request.urn)")
        }
        return PartnershipV1.School(school)
    }
}
