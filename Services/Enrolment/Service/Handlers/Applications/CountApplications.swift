import Contracts
import RPC
import ServiceKit

extension ApplicationsService {
    func countApplications(
        _ request: EnrolmentV1.CountApplicationsRequest, context: ServerContext
    ) async throws -> EnrolmentV1.CountApplicationsReply {
        let cohort = try EnrolmentErrors.cohort(request.cohortId)
        guard let counts = try await store.counts(of: cohort) else { throw RPCError.notFound("cohort", request.cohortId) }
        return .init(counts: counts.map { count in
            .init(programme: count.programme, approvalStatus: .init(count.approval),
                  trainingStatus: .init(count.training), applications: count.applications)
        })
    }
}
