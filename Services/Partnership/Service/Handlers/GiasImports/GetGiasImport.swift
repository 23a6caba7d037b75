import Contracts
import RPC
import ServiceKit
import Values

extension GiasImportsService {
    func getGiasImport(
        _ request: PartnershipV1.GetGiasImportRequest, context: ServerContext
    ) async throws -> PartnershipV1.GiasImport {
        let id = try UUIDv7(request.id, of: "import")
        guard let found = try await store.giasImport(id) else { throw RPCError.notFound("import", request.id) }
        return PartnershipV1.GiasImport(found)
    }
}
