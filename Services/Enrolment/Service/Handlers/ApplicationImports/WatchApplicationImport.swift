import Contracts
import RPC
import ServiceKit
import Values

extension ApplicationImportsService {
    /// How often an import is looked at that another replica runs.
    private static var lookInterval: Duration { .seconds(1) }

    func watchApplicationImport(
        _ request: EnrolmentV1.GetApplicationImportRequest, to writer: ResponseWriter<EnrolmentV1.ApplicationImport>,
        context: ServerContext
    ) async throws {
        let id = try UUIDv7(request.id, of: "import")
        var last: Int64 = 0
        while true {
            try Task.checkCancellation()
            let changes = progress.changes()
            guard let found = try await store.applicationImport(id) else { throw RPCError.notFound("import", request.id) }
            if found.version != last {
                try await writer.write(EnrolmentV1.ApplicationImport(found))
                last = found.version
            }
            if found.state.hasEnded { return }
            await changes.first(within: Self.lookInterval, on: clock)
        }
    }
}
