import Contracts
import RPC
import ServiceKit

extension CatalogueService {
    func getCohort(_ request: EnrolmentV1.GetCohortRequest, context: ServerContext) async throws -> EnrolmentV1.Cohort {
        let id = try EnrolmentErrors.cohort(request.id)
        guard let cohort = try await store.cohort(id) else { throw RPCError.notFound("cohort", request.id) }
        return EnrolmentV1.Cohort(cohort)
    }
}
