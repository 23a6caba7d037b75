import Contracts
import RPC
import ServiceKit
import Values

extension ApplicationImportsService {
    func startApplicationImport(
        _ request: EnrolmentV1.StartApplicationImportRequest, context: ServerContext
    ) async throws -> EnrolmentV1.ApplicationImport {
        let id = try UUIDv7(request.id, of: "import")
        let mutation = context.mutation(at: wallClock.now())
        let moved = try await ImportErrors.translate(request.id) { try await store.startImport(id, mutation) }
        progress.signal()
        return EnrolmentV1.ApplicationImport(moved)
    }
}
