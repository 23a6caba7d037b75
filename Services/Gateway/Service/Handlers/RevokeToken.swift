import Contracts
import RPC
import ServiceKit
import Values

extension TokenCalls {
    func revokeToken(_ request: GatewayV1.RevokeTokenRequest, context: ServerContext) async throws -> GatewayV1.Token {
        try owners.require(context)
        let mutation = context.mutation(at: wallClock.now())
        guard let token = try await store.revoke(request.id, mutation) else {
            throw RPCError.notFound("token", request.id)
        }
        return .init(token)
    }
}
