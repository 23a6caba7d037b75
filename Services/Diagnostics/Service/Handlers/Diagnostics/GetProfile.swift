import Contracts
import RPC
import ServiceKit
import Values

extension DiagnosticCalls {
    func getProfile(
        _ request: DiagnosticsV1.GetDiagnosticRequest, context: ServerContext
    ) async throws -> DiagnosticsV1.Profile {
        let id = try UUIDv7(request.id, of: "diagnostic")
        let profile = try await DiagnosticsErrors.translate(id) { try await store.profile(id) }
        guard let profile else { throw RPCError.notFound("diagnostic", request.id) }
        return DiagnosticsV1.Profile(profile)
    }
}
