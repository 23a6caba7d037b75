import Contracts
import RPC
import Values

extension ApplicationsService {
    func resumeApplication(
        _ request: EnrolmentV1.ResumeApplicationRequest, context: ServerContext
    ) async throws -> EnrolmentV1.Application {
        let today = wallClock.today()
        return try await change(
            request.id, "resumed", reason: request.reason, expectedVersion: request.expectedVersion, context
        ) { rules throws(EnrolmentRefusal) in
            try rules.resume(today: today)
        }
    }
}
