import Contracts
import RPC
import ServiceKit
import Values

extension DiagnosticCalls {
    func getDiagnostic(
        _ request: DiagnosticsV1.GetDiagnosticRequest, context: ServerContext
    ) async throws -> DiagnosticsV1.Diagnostic {
        let id = try UUIDv7(request.id, of: "diagnostic")
        guard let diagnostic = try await store.diagnostic(id) else { throw RPCError.notFound("diagnostic", request.id) }
        return DiagnosticsV1.Diagnostic(diagnostic)
    }
}
