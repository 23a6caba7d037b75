import Synchronization

/// What clients asked for and what they were told, and how much they may ask for at present.
package final class Journal: Sendable {
    /// A write that was acknowledged.
    package struct Acknowledged: Sendable {
        package let kind: WriteKind
        /// Its idempotency key, which is also the reason that the history keeps.
        package let key: String
        /// The body of the answer.
        package let reply: String
    }

    /// A write that the business refused. It must have left no trace.
    package struct Refused: Sendable {
        package let kind: WriteKind
        package let key: String
        /// The problem, as the gateway told it.
        package let problem: String

        /// Its name for programs.
        package var why: String {
            guard let problem = try? Answered(json: problem) else { return problem }
            return problem.text("reason").isEmpty ? problem.text("code") : problem.text("reason")
        }
    }

    private struct State: Sendable {
        var acknowledged: [Acknowledged] = []
        var refused: [Refused] = []
        var violations: [String] = []
        var attempts = Attempts()
        var losses: [String] = []
        var begun = 0
        var allowed = 0
        var isFinished = false
    }

    private let state = Mutex(State())

    package init() {}

    package var acknowledged: [Acknowledged] { state.withLock { $0.acknowledged } }
    package var refused: [Refused] { state.withLock { $0.refused } }
    package var violations: [String] { state.withLock { $0.violations } }
    package var count: Int { state.withLock { $0.acknowledged.count + $0.refused.count } }

    func add(_ write: Acknowledged) { state.withLock { $0.acknowledged.append(write) } }
    func add(_ write: Refused) { state.withLock { $0.refused.append(write) } }
    package func violate(_ what: String) { state.withLock { $0.violations.append(what) } }

    /// Throws what went wrong, so that nobody waits for what cannot come any more.
    package func check() throws {
        if let first = violations.first { throw Broken(description: first) }
    }

    package struct Broken: Error, CustomStringConvertible {
        package let description: String
    }

    // MARK: Attempts

    /// What became of attempts that were made again.
    package struct Attempts: Hashable, Sendable {
        /// Nobody answered: whether they were applied is not known.
        package var lost = 0
        /// There was nobody to send them to.
        package var unsent = 0
        /// Answered with "not now".
        package var putOff = 0
    }

    package var attempts: Attempts { state.withLock { $0.attempts } }
    func noteUnsent() { state.withLock { $0.attempts.unsent += 1 } }
    /// The first attempts that nobody answered, and how they ended.
    package var losses: [String] { state.withLock { $0.losses } }
    private static let lossesKept = 20
    func noteLost(_ how: String) {
        state.withLock { state in
            state.attempts.lost += 1
            if state.losses.count < Self.lossesKept { state.losses.append(how) }
        }
    }
    func notePutOff() { state.withLock { $0.attempts.putOff += 1 } }

    // MARK: How much may be asked for

    enum Leave { case granted, wait, finished }

    /// Lets clients begin so many more writes than there are answers now.
    package func allow(_ more: Int) {
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

    package var isFinished: Bool { state.withLock { $0.isFinished } }

    /// From now on nobody begins anything; what was begun is brought to its end.
    package func finish() { state.withLock { $0.isFinished = true } }
}
