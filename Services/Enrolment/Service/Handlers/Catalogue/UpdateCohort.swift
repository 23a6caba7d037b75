import Contracts
import RPC
import ServiceKit
import Values
import Wire

extension CatalogueService {
    func updateCohort(
        _ request: EnrolmentV1.UpdateCohortRequest, context: ServerContext
    ) async throws -> EnrolmentV1.Cohort {
        let id = try EnrolmentErrors.cohort(request.id)
        var violations = FieldViolations()
        let details = violations.cohortDetails(
            name: request.name, from: request.applicationsFrom, to: request.applicationsTo, request.schedules)
        violations.expectedVersion(request.expectedVersion)
        try violations.throwIfAny()
        guard let details else { throw RPCError(.invalidArgument, "The cohort cannot be read.") }
        let mutation = context.mutation(reason: request.reason, at: wallClock.now())
        let reply = try await EnrolmentErrors.translate(id.text) {
            try await store.updateCohort(id, details, expectedVersion: request.expectedVersion, mutation) {
                EnrolmentV1.Cohort($0).encoded()
            }
        }
        return try EnrolmentV1.Cohort(decoding: reply)
    }
}
