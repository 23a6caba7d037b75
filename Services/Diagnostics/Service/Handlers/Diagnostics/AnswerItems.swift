import Contracts
import RPC
import ServiceKit
import Values
import Wire

extension DiagnosticCalls {
    func answerItems(
        _ request: DiagnosticsV1.AnswerItemsRequest, context: ServerContext
    ) async throws -> DiagnosticsV1.Diagnostic {
        let id = try UUIDv7(request.id, of: "diagnostic")
        var violations = FieldViolations()
        violations.expectedVersion(request.expectedVersion)
        try violations.throwIfAny()
        let answers = request.answers.map { GivenAnswer($0) }
        let mutation = context.mutation(at: wallClock.now())
        let reply = try await DiagnosticsErrors.translate(id) {
            try await store.answer(id, answers, expectedVersion: request.expectedVersion, mutation) {
                DiagnosticsV1.Diagnostic($0).encoded()
            }
        }
        return try DiagnosticsV1.Diagnostic(decoding: reply)
    }
}
