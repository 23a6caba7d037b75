import Synchronization

/// What was really done, and when: what a plan says is drawn beforehand, what it met is not.
final class Chronicle: Sendable {
    private struct State {
        var begun = ContinuousClock.now
        var lines: [String] = []
        var lastCount = 0
        var lastAnswer = Duration.zero
        var longestSilence = Duration.zero
    }

    private let clock = ContinuousClock()
    private let state = Mutex(State())

    /// The plan's times count from now on.
    func begin() { state.withLock { $0.begun = clock.now } }

    /// Since the plan began.
    var now: Duration { state.withLock { clock.now - $0.begun } }

    func note(_ what: String) {
        let line = "  \(Fault.seconds(now)) \(what)\n"
        state.withLock { $0.lines.append(line) }
    }

    var text: String { state.withLock { $0.lines.joined() } }

    /// Tells how many answers clients have had so far.
    func note(answers count: Int) {
        let now = now
        state.withLock { state in
            if count > state.lastCount { (state.lastCount, state.lastAnswer) = (count, now) }
            state.longestSilence = max(state.longestSilence, now - state.lastAnswer)
        }
    }

    /// The longest time in which no client was answered.
    var longestSilence: Duration { state.withLock { $0.longestSilence } }
}
