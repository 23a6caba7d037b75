import UnixSignals

/// Work that Ctrl-C stops.
enum Stoppable {
    /// Runs `body` in a task that is cancelled by SIGINT and SIGTERM.
    static func run<R: Sendable>(
        _ console: Console, saying words: String = "Cancelling …", _ body: @escaping @Sendable () async throws -> R
    ) async throws -> R {
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        return try await withThrowingTaskGroup { group in
            let work = Task { try await body() }
            group.addTask {
                for await _ in signals {
                    console.say("\n\(words)")
                    work.cancel()
                }
            }
            defer { group.cancelAll() }
            return try await withTaskCancellationHandler {
                try await work.value
            } onCancel: {
                work.cancel()
            }
        }
    }
}
