import Contracts
import RPC

extension ApplicationImportsService {
    func listApplicationImports(_ request: EnrolmentV1.ListApplicationImportsRequest, context: ServerContext) async throws -> EnrolmentV1.ListApplicationImportsReply {
        throw RPCError(.unimplemented, "Not built yet.")
    }
}
