import Contracts
import RPC
import ServiceKit
import Values
import Wire

extension DiagnosticCalls {
    func submitDiagnostic(
        _ request: DiagnosticsV1.SubmitDiagnosticRequest, context: ServerContext
    ) async throws -> DiagnosticsV1.Profile {
        let id = try UUIDv7(request.id, of: "diagnostic")
        var violations = FieldViolations()
        violations.expectedVersion(request.expectedVersion)
        try violations.throwIfAny()
        let mutation = context.mutation(at: wallClock.now())
        let reply = try await DiagnosticsErrors.translate(id) {
            try await store.submit(id, expectedVersion: request.expectedVersion, mutation) {
                DiagnosticsV1.Profile($0).encoded()
            }
        }
        return try DiagnosticsV1.Profile(decoding: reply)
    }
}
