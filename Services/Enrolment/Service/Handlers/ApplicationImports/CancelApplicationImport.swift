import Contracts
import RPC
import ServiceKit
import Values

extension ApplicationImportsService {
    func cancelApplicationImport(
        _ request: EnrolmentV1.CancelApplicationImportRequest, context: ServerContext
    ) async throws -> EnrolmentV1.ApplicationImport {
        let id = try UUIDv7(request.id, of: "import")
        let mutation = context.mutation(at: wallClock.now())
        let moved = try await ImportErrors.translate(request.id) { try await store.cancelImport(id, mutation) }
        progress.signal()
        if moved.state == .cancelled { try await store.removeWorkings(of: id) }
        return EnrolmentV1.ApplicationImport(moved)
    }
}
