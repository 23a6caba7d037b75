import Contracts
import RPC
import ServiceKit
import Values
import Wire

extension CatalogueService {
    func openCohort(
        _ request: EnrolmentV1.OpenCohortRequest, context: ServerContext
    ) async throws -> EnrolmentV1.Cohort {
        var violations = FieldViolations()
        let id = violations.cohort(request.id, "id")
        let cap = FundingCap(rawValue: Int(request.fundingCap.rawValue))
        violations.require(cap != nil, "fundingCap", "must be given")
        let details = violations.cohortDetails(
            name: request.name, from: request.applicationsFrom, to: request.applicationsTo, request.schedules)
        try violations.throwIfAny()
        guard let id, let cap, let details else { throw RPCError(.invalidArgument, "The cohort cannot be read.") }
        let mutation = context.mutation(reason: request.reason, at: wallClock.now())
        let reply = try await EnrolmentErrors.translate(id.text) {
            try await store.openCohort(id, cap, details, mutation) { EnrolmentV1.Cohort($0).encoded() }
        }
        return try EnrolmentV1.Cohort(decoding: reply)
    }
}
