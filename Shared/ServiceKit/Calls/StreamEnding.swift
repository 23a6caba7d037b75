import RPC
import Wire

/// Ends answers that have no end of their own when the process stops, so that they do not hold it up until the drain
/// time is over. Their callers see UNAVAILABLE and come back, here or elsewhere.
struct StreamEnding: ServerInterceptor {
    let readiness: Readiness

    func intercept(
        _ context: ServerContext, _ next: @Sendable (ServerContext) async throws -> (any Message)?
    ) async throws -> (any Message)? {
        guard context.method.kind.hasResponseStream else { return try await next(context) }
        return try await withThrowingTaskGroup(of: Outcome.self) { group in
            try await withoutActuallyEscaping(next) { next in
                group.addTask { .answered(try await next(context)) }
                group.addTask {
                    await readiness.stopped()
                    try Task.checkCancellation()
                    return .stopping
                }
                defer { group.cancelAll() }
                switch try await group.next() {
                case .answered(let reply): return reply
                case .stopping, nil:
                    throw RPCError(.unavailable, "The service is stopping. Call again to go on.")
                }
            }
        }
    }

    private enum Outcome: Sendable {
        case answered((any Message)?)
        case stopping
    }
}
