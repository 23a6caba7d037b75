import Synchronization

/// What clients asked for and what they were told, and how much they may ask for at present.
final class Journal: Sendable {
    /// A write that was acknowledged.
    struct Acknowledged: Sendable {
        let kind: WriteKind
        /// Its idempotency key, which is also the reason that the history keeps.
        let key: String
        /// The body of the answer.
        let reply: String
    }

    /// A write that the business refused. It must have left no trace.
    struct Refused: Sendable {
        let kind: WriteKind
        let key: String
        /// The problem, as the gateway told it.
        let problem: String

        /// Its name for programs.
        var why: String {
            guard let problem = try? Answered(json: problem) else { return problem }
            return problem.text("reason").isEmpty ? problem.text("code") : problem.text("reason")
        }
    }

    private struct State: Sendable {
        var acknowledged: [Acknowledged] = []
        var refused: [Refused] = []
        var violations: [String] = []
        var begun = 0
        var allowed = 0
        var isFinished = false
    }

    private let state = Mutex(State())

    var acknowledged: [Acknowledged] { state.withLock { $0.acknowledged } }
    var refused: [Refused] { state.withLock { $0.refused } }
    var violations: [String] { state.withLock { $0.violations } }
    var count: Int { state.withLock { $0.acknowledged.count + $0.refused.count } }

    func add(_ write: Acknowledged) { state.withLock { $0.acknowledged.append(write) } }
    func add(_ write: Refused) { state.withLock { $0.refused.append(write) } }
    func violate(_ what: String) { state.withLock { $0.violations.append(what) } }

    /// Throws what went wrong, so that nobody waits for what cannot come any more.
    func check() throws {
        if let first = violations.first { throw Broken(description: first) }
    }

    struct Broken: Error, CustomStringConvertible {
        let description: String
    }

    // MARK: How much may be asked for

    enum Leave { case granted, wait, finished }

    /// Lets clients begin so many more writes than there are answers now.
    func allow(_ more: Int) {
        state.withLock { $0.allowed = max($0.allowed, $0.acknowledged.count + $0.refused.count + more) }
    }

    /// Asks to begin a write.
    func leave() -> Leave {
        state.withLock { state in
            if state.isFinished { return .finished }
            guard state.begun < state.allowed else { return .wait }
            state.begun += 1
            return .granted
        }
    }

    var isFinished: Bool { state.withLock { $0.isFinished } }

    /// From now on nobody begins anything; what was begun is brought to its end.
    func finish() { state.withLock { $0.isFinished = true } }
}
