import RPC
import Synchronization
import Wire

/// Ends answers that have no end of their own when the process stops, so that they do not hold it up until the drain
/// time is over. Their callers see UNAVAILABLE and come back, here or elsewhere.
struct StreamEnding: ServerInterceptor {
    private typealias Next = @Sendable (ServerContext) async throws -> (any Message)?

    let readiness: Readiness

    func intercept(
        _ context: ServerContext, _ next: @Sendable (ServerContext) async throws -> (any Message)?
    ) async throws -> (any Message)? {
        guard context.method.kind.hasResponseStream else { return try await next(context) }
        return try await withoutActuallyEscaping(next) { next in
            // The child task takes the handler out of here, so that it is let go of before the task has ended.
            let holder = Holder(next)
            defer { holder.clear() }
            return try await race(holder, context)
        }
    }

    private func race(_ holder: Holder, _ context: ServerContext) async throws -> (any Message)? {
        try await withThrowingTaskGroup(of: Outcome.self) { group in
            group.addTask { .answered(try await holder.run(context)) }
            group.addTask { [readiness] in
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

    private enum Outcome: Sendable {
        case answered((any Message)?)
        case stopping
    }

    private final class Holder: Sendable {
        private let next: Mutex<Next?>

        init(_ next: @escaping Next) { self.next = Mutex(next) }

        func run(_ context: ServerContext) async throws -> (any Message)? {
            guard let next = next.withLock({ $0.take() }) else { return nil }
            return try await next(context)
        }

        func clear() { next.withLock { $0 = nil } }
    }
}
