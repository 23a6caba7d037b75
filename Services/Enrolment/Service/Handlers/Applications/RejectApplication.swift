import Contracts
import RPC

extension ApplicationsService {
    func rejectApplication(
        _ request: EnrolmentV1.RejectApplicationRequest, context: ServerContext
    ) async throws -> EnrolmentV1.Application {
        try await change(
            request.id, "rejected", reason: request.reason, expectedVersion: request.expectedVersion, context
        ) { rules throws(EnrolmentRefusal) in
            try rules.reject()
        }
    }
}
