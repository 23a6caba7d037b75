package import RPC
import ServiceKit
import Storage
package import Wire

/// Gives a store's errors their status, as the process frame does, for tests that serve handlers without it.
package struct StoreErrors: ServerInterceptor {
    package init() {}

    package func intercept(
        _ context: ServerContext, _ next: @Sendable (ServerContext) async throws -> (any Message)?
    ) async throws -> (any Message)? {
        do {
            return try await next(context)
        } catch let error as StoreError {
            throw RPCError(error)
        }
    }
}

/// The status that a call ends with; nil if it ends well. What is no status is told as UNKNOWN.
package func statusOf(_ call: () async throws -> Void) async -> RPCError? {
    do {
        try await call()
        return nil
    } catch let error as RPCError {
        return error
    } catch {
        return RPCError(.unknown, "not a status: \(error)")
    }
}
