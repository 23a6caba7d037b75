import Synchronization

/// One thing that must be so for the process to be of use.
package struct ReadinessCheck: Sendable {
    /// Shown by /readyz, such as "store".
    package let name: String
    /// Nil if all is well, otherwise why not, without secrets: /readyz shows it.
    package let problem: @Sendable () async -> String?

    package init(_ name: String, problem: @escaping @Sendable () async -> String?) {
        self.name = name
        self.problem = problem
    }
}

/// Whether the process takes work, and if not, why not.
///
/// It is ready when everything expected at start is there, no check fails, and it has not begun to stop.
package final class Readiness: Sendable {
    package enum Answer: Hashable, Sendable {
        case ready
        /// Names and reasons, by name.
        case notReady([String: String])

        package var isReady: Bool { self == .ready }
    }

    /// The answer from the moment on that the process stops.
    static let stoppingAnswer = Answer.notReady(["process": "it is stopping"])

    private struct State {
        var awaited: Set<String> = []
        var failing: [String: String] = [:]
        var isStopping = false
        var watchers: [Int: AsyncStream<Answer>.Continuation] = [:]
        var lastWatcher = 0

        var answer: Answer {
            if isStopping { return Readiness.stoppingAnswer }
            let starting = Dictionary(uniqueKeysWithValues: awaited.map { ($0, "it is starting") })
            let all = starting.merging(failing) { $1 }
            return all.isEmpty ? .ready : .notReady(all)
        }
    }

    private let state = Mutex(State())

    package init() {}

    package var answer: Answer { state.withLock { $0.answer } }

    /// Names something without which the process is not ready yet. To be called at assembly.
    package func expect(_ name: String) { change { $0.awaited.insert(name) } }

    /// What ``expect(_:)`` named is there.
    package func isThere(_ name: String) { change { $0.awaited.remove(name) } }

    /// The process has begun to stop; it will not be ready again.
    package func stop() { change { $0.isStopping = true } }

    func report(_ failing: [String: String]) { change { $0.failing = failing } }

    /// The answer now, and each other one after it.
    package func changes() -> AsyncStream<Answer> {
        let (stream, continuation) = AsyncStream.makeStream(of: Answer.self, bufferingPolicy: .bufferingNewest(1))
        let number = state.withLock { state in
            state.lastWatcher += 1
            state.watchers[state.lastWatcher] = continuation
            continuation.yield(state.answer)
            return state.lastWatcher
        }
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { _ = $0.watchers.removeValue(forKey: number) }
        }
        return stream
    }

    /// Returns when the process has begun to stop, or when the task is cancelled.
    package func stopped() async {
        for await answer in changes() where answer == Self.stoppingAnswer { return }
    }

    private func change(_ body: (inout State) -> Void) {
        state.withLock { state in
            let before = state.answer
            body(&state)
            let after = state.answer
            guard after != before else { return }
            // Yielding under the lock keeps the order; a continuation with a buffer runs nobody's code here.
            for watcher in state.watchers.values { watcher.yield(after) }
        }
    }
}
