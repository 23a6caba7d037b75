import RPC
import Wire

/// Refuses calls whose actor is not signed by one who may say who acts. Calls without an actor are the calling process's own.
struct ActorCheck: ServerInterceptor {
    let verifier: ActorVerifier

    func intercept(
        _ context: ServerContext, _ next: @Sendable (ServerContext) async throws -> (any Message)?
    ) async throws -> (any Message)? {
        try verifier.check(context.metadata)
        return try await next(context)
    }
}
