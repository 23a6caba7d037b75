import Contracts
import RPC
import ServiceKit
import Values

extension CandidatesService {
    func getCandidate(
        _ request: EnrolmentV1.GetCandidateRequest, context: ServerContext
    ) async throws -> EnrolmentV1.Candidate {
        let id = try UUIDv7(request.id, of: "candidate")
        guard let candidate = try await store.candidate(id) else { throw RPCError.notFound("candidate", request.id) }
        return EnrolmentV1.Candidate(candidate)
    }
}
