import Contracts
import RPC
import ServiceKit

extension DiagnosticCalls {
    /// Nothing of a cohort that nobody was accepted to: which cohorts there are, Enrolment knows.
    func countDiagnostics(
        _ request: DiagnosticsV1.CountDiagnosticsRequest, context: ServerContext
    ) async throws -> DiagnosticsV1.CountDiagnosticsReply {
        var violations = FieldViolations()
        violations.require(!request.cohortId.isEmpty, "cohortId", "must be given")
        try violations.throwIfAny()
        let counts = try await store.counts(ofCohort: request.cohortId)
        return .init(counts: counts.map { count in
            .init(programme: count.programme, status: .init(count.status), diagnostics: count.diagnostics)
        })
    }
}
