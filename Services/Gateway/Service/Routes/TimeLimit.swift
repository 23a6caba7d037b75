/// Bounds the time of work that heeds cancellation.
enum TimeLimit {
    /// - Throws: `problem` if the work is not done in time; it is cancelled then.
    static func run<Value: Sendable>(
        _ time: Duration, or problem: @autoclosure @escaping @Sendable () -> Problem,
        _ work: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await work() }
            group.addTask {
                try await Task.sleep(for: time)
                return nil
            }
            defer { group.cancelAll() }
            guard let value = try await group.next() ?? nil else { throw problem() }
            return value
        }
    }
}
