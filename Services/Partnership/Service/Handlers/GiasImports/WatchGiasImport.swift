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
        var last: Int64 = 0
        while true {
            try Task.checkCancellation()
            let changes = progress.changes()
            guard let found = try await store.giasImport(id) else { throw RPCError.notFound("import", request.id) }
            if found.version != last {
                try await writer.write(PartnershipV1.GiasImport(found))
                last = found.version
            }
            if found.state.hasEnded { return }
            await changes.first(within: Self.lookInterval, on: clock)
        }
    }
}
