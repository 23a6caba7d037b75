import Contracts
import RPC
import ServiceKit
import Values
import Wire

extension ApplicationsService {
    func submitApplication(
        _ request: EnrolmentV1.SubmitApplicationRequest, context: ServerContext
    ) async throws -> EnrolmentV1.Application {
        var violations = FieldViolations()
        let candidate = violations.identifier(request.candidateId, "candidateId")
        let cohort = violations.cohort(request.cohortId, "cohortId")
        let partner = request.partnerId.flatMap { violations.identifier($0, "partnerId") }
        try violations.throwIfAny()
        guard let candidate, let cohort else { throw RPCError(.invalidArgument, "The application cannot be read.") }
        let submission = Submission(
            candidateID: candidate, programme: request.programme, cohortID: cohort,
            isEligibleForFunding: request.eligibleForFunding, partnerID: partner)
        let mutation = context.mutation(reason: request.reason, at: wallClock.now())
        let today = wallClock.today()
        let reply = try await EnrolmentErrors.translate("") {
            if let partner, try await !register.hasPartner(partner) {
                throw EnrolmentRefusal.precondition(rule: "PARTNER_UNKNOWN", subject: "partners/\(partner)", message: """
                    Partnership holds no partner \(partner).
                    """)
            }
            return try await store.submit(submission, today: today, mutation) { EnrolmentV1.Application($0).encoded() }
        }
        return try EnrolmentV1.Application(decoding: reply)
    }
}
