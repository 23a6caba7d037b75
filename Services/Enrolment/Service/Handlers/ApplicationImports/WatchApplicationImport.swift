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
        try await progress.follow(every: Self.lookInterval, on: clock) { last in
            guard let found = try await store.applicationImport(id) else { throw RPCError.notFound("import", request.id) }
            if found.version != last { try await writer.write(EnrolmentV1.ApplicationImport(found)) }
            return found.state.hasEnded ? nil : found.version
        }
    }
}
