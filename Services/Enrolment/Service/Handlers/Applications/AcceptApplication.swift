import Contracts
import RPC
import ServiceKit
import Values
import Wire

extension ApplicationsService {
    func acceptApplication(
        _ request: EnrolmentV1.AcceptApplicationRequest, context: ServerContext
    ) async throws -> EnrolmentV1.Application {
        let id = try UUIDv7(request.id, of: "application")
        var violations = FieldViolations()
        violations.expectedVersion(request.expectedVersion)
        if let schedule = request.schedule {
            violations.require(CohortRules.isIdentifier(schedule), "schedule", "must be the identifier of a schedule")
        }
        try violations.throwIfAny()
        let mutation = context.mutation(reason: request.reason, at: wallClock.now())
        let today = wallClock.today()
        let reply = try await EnrolmentErrors.translate(id.text) {
            try await store.accept(
                id, schedule: request.schedule, fundedPlace: request.fundedPlace,
                expectedVersion: request.expectedVersion, today: today, mutation) { EnrolmentV1.Application($0).encoded() }
        }
        return try EnrolmentV1.Application(decoding: reply)
    }
}
