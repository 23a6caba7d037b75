import Contracts
import RPC
import ServiceKit
import Values
import Wire

extension CandidatesService {
    func updateCandidate(
        _ request: EnrolmentV1.UpdateCandidateRequest, context: ServerContext
    ) async throws -> EnrolmentV1.Candidate {
        let id = try UUIDv7(request.id, of: "candidate")
        var violations = FieldViolations()
        let details = violations.candidateDetails(
            fullName: request.fullName, email: request.email, trn: request.trn, schoolURN: request.schoolUrn,
            groupUID: request.groupUid)
        violations.expectedVersion(request.expectedVersion)
        try violations.throwIfAny()
        guard let held = try await store.candidate(id) else { throw RPCError.notFound("candidate", request.id) }
        let mutation = context.mutation(reason: request.reason, at: wallClock.now())
        let reply = try await EnrolmentErrors.translate(id.text) {
            // A school that has closed since must not keep people from correcting a name.
            if details.employer != held.details.employer { try await register.check(details.employer) }
            return try await store.updateCandidate(id, details, expectedVersion: request.expectedVersion, mutation) {
                EnrolmentV1.Candidate($0).encoded()
            }
        }
        return try EnrolmentV1.Candidate(decoding: reply)
    }
}
