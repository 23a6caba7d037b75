import Contracts
import RPC
import ServiceKit
import Values

extension ApplicationsService {
    func getApplication(
        _ request: EnrolmentV1.GetApplicationRequest, context: ServerContext
    ) async throws -> EnrolmentV1.Application {
        let id = try UUIDv7(request.id, of: "application")
        guard let found = try await store.application(id) else { throw RPCError.notFound("application", request.id) }
        return EnrolmentV1.Application(found)
    }
}
