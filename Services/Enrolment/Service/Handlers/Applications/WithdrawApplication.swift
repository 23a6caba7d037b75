import Contracts
import RPC

extension ApplicationsService {
    func withdrawApplication(
        _ request: EnrolmentV1.WithdrawApplicationRequest, context: ServerContext
    ) async throws -> EnrolmentV1.Application {
        try await change(
            request.id, "withdrawn", reason: request.reason, expectedVersion: request.expectedVersion, context
        ) { rules throws(EnrolmentRefusal) in
            try rules.withdraw(request.statusReason)
        }
    }
}
