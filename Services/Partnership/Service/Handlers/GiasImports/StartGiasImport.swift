import Contracts
import RPC
import ServiceKit
import Values

extension GiasImportsService {
    func startGiasImport(
        _ request: PartnershipV1.StartGiasImportRequest, context: ServerContext
    ) async throws -> PartnershipV1.GiasImport {
        let id = try UUIDv7(request.id, of: "import")
        let mutation = context.mutation(at: wallClock.now())
        let started = try await ImportErrors.translate(request.id) { try await store.startImport(id, mutation) }
        progress.signal()
        return PartnershipV1.GiasImport(started)
    }
}
