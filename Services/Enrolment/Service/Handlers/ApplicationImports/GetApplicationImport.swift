import Contracts
import RPC
import ServiceKit
import Values

extension ApplicationImportsService {
    func getApplicationImport(
        _ request: EnrolmentV1.GetApplicationImportRequest, context: ServerContext
    ) async throws -> EnrolmentV1.ApplicationImport {
        let id = try UUIDv7(request.id, of: "import")
        guard let found = try await store.applicationImport(id) else { throw RPCError.notFound("import", request.id) }
        return EnrolmentV1.ApplicationImport(found)
    }
}
