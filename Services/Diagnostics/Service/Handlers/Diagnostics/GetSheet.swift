import Contracts
import RPC
import ServiceKit
import Values

extension DiagnosticCalls {
    func getSheet(
        _ request: DiagnosticsV1.GetDiagnosticRequest, context: ServerContext
    ) async throws -> DiagnosticsV1.Sheet {
        let id = try UUIDv7(request.id, of: "diagnostic")
        guard let sheet = try await store.sheet(id) else { throw RPCError.notFound("diagnostic", request.id) }
        return DiagnosticsV1.Sheet(sheet)
    }
}
