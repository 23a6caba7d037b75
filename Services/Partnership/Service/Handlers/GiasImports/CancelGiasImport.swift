import Contracts
import RPC
import ServiceKit
import Values

extension GiasImportsService {
    func cancelGiasImport(
        _ request: PartnershipV1.CancelGiasImportRequest, context: ServerContext
    ) async throws -> PartnershipV1.GiasImport {
        let id = try UUIDv7(request.id, of: "import")
        let mutation = context.mutation(at: wallClock.now())
        let cancelled = try await ImportErrors.translate(request.id) { try await store.cancelImport(id, mutation) }
        progress.signal()
        if cancelled.state == .cancelled { try await store.removeChunks(of: id) }
        return PartnershipV1.GiasImport(cancelled)
    }
}
