import Contracts
import RPC
import ServiceKit
import Values

extension CandidatesService {
    private static var mostIDs: Int { 200 }

    func batchGetCandidates(
        _ request: EnrolmentV1.BatchGetCandidatesRequest, context: ServerContext
    ) async throws -> EnrolmentV1.BatchGetCandidatesReply {
        var violations = FieldViolations()
        violations.require(request.ids.count <= Self.mostIDs, "ids", "must be at most \(Self.mostIDs)")
        try violations.throwIfAny()
        // What cannot be an id names nobody.
        let found = try await store.candidates(request.ids.compactMap { UUIDv7($0) })
        return .init(candidates: found.map { .init($0) })
    }
}
