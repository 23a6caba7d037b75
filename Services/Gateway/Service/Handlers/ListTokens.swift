import Contracts
import RPC
import Values

extension TokenCalls {
    func listTokens(
        _ request: GatewayV1.ListTokensRequest, context: ServerContext
    ) async throws -> GatewayV1.ListTokensReply {
        try owners.require(context)
        return .init(tokens: try await store.tokens(all: request.all, at: wallClock.now()).map { .init($0) })
    }
}
