import Contracts
import RPC
import ServiceKit
import Values
import Wire

extension DiagnosticCalls {
    func startDiagnostic(
        _ request: DiagnosticsV1.StartDiagnosticRequest, context: ServerContext
    ) async throws -> DiagnosticsV1.Sheet {
        let id = try UUIDv7(request.id, of: "diagnostic")
        let mutation = context.mutation(at: wallClock.now())
        let reply = try await DiagnosticsErrors.translate(id) {
            try await store.start(id, mutation) { DiagnosticsV1.Sheet($0).encoded() }
        }
        return try DiagnosticsV1.Sheet(decoding: reply)
    }
}
