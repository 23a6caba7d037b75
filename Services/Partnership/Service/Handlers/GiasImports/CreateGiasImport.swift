import Contracts
import RPC
import ServiceKit
import Values
import Wire

extension GiasImportsService {
    func createGiasImport(
        _ request: PartnershipV1.CreateGiasImportRequest, context: ServerContext
    ) async throws -> PartnershipV1.GiasImport {
        let reply = try await store.createImport(context.mutation(at: wallClock.now())) {
            PartnershipV1.GiasImport($0).encoded()
        }
        return try PartnershipV1.GiasImport(decoding: reply)
    }
}
