import Contracts
import RPC
import ServiceKit
import Values
import Wire

extension CandidatesService {
    func registerCandidate(
        _ request: EnrolmentV1.RegisterCandidateRequest, context: ServerContext
    ) async throws -> EnrolmentV1.Candidate {
        var violations = FieldViolations()
        let details = violations.candidateDetails(
            fullName: request.fullName, email: request.email, trn: request.trn, schoolURN: request.schoolUrn,
            groupUID: request.groupUid)
        try violations.throwIfAny()
        let mutation = context.mutation(reason: request.reason, at: wallClock.now())
        let reply = try await EnrolmentErrors.translate("") {
            try CandidateRules.check(details, reason: request.reason)
            try await register.check(details.employer)
            return try await store.registerCandidate(details, mutation) { EnrolmentV1.Candidate($0).encoded() }
        }
        return try EnrolmentV1.Candidate(decoding: reply)
    }
}
