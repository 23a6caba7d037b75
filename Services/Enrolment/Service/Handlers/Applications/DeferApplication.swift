import Contracts
import RPC
import Values

extension ApplicationsService {
    func deferApplication(
        _ request: EnrolmentV1.DeferApplicationRequest, context: ServerContext
    ) async throws -> EnrolmentV1.Application {
        let today = wallClock.today()
        return try await change(
            request.id, "deferred", reason: request.reason, expectedVersion: request.expectedVersion, context
        ) { rules throws(EnrolmentRefusal) in
            try rules.defer(request.statusReason, today: today)
        }
    }
}
