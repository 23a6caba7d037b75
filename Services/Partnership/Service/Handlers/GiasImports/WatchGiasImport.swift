import Contracts
import RPC
import ServiceKit
import Values

extension GiasImportsService {
    /// How often an import is looked at that another replica runs.
    private static var lookInterval: Duration { .seconds(1) }

    func watchGiasImport(
        _ request: PartnershipV1.GetGiasImportRequest, to writer: ResponseWriter<PartnershipV1.GiasImport>,
        context: ServerContext
    ) async throws {
        let id = try UUIDv7(request.id, of: "import")
        try await progress.follow(every: Self.lookInterval, on: clock) { last in
            guard let found = try await store.giasImport(id) else { throw RPCError.notFound("import", request.id) }
            if found.version != last { try await writer.write(PartnershipV1.GiasImport(found)) }
            return found.state.hasEnded ? nil : found.version
        }
    }
}
