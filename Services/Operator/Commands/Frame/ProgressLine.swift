import Synchronization

/// Shows how far something is: a bar that is drawn over at a terminal, lines now and then elsewhere.
package final class ProgressLine: Sendable {
    /// Least time between two lines where nobody watches.
    static let quietInterval = Duration.seconds(2)
    package static let barWidth = 30

    private struct State: Sendable {
        var lastLine = ""
        var lastTime: ContinuousClock.Instant?
    }

    private let console: Console
    private let state = Mutex(State())

    package init(_ console: Console) {
        self.console = console
    }

    package func show(_ what: String, done: Int, of total: Int, after: String) {
        let line = Self.line(what, done: done, of: total, after: after)
        let now = ContinuousClock.now
        let isDue = state.withLock { state in
            guard line != state.lastLine else { return false }
            if !console.isInteractive, let last = state.lastTime, now - last < Self.quietInterval { return false }
            state.lastLine = line
            state.lastTime = now
            return true
        }
        guard isDue else { return }
        if console.isInteractive { console.error("\r\(line)\u{1B}[K") } else { console.say(line) }
    }

    /// Takes the bar away; what is shown next begins there.
    package func end() {
        guard console.isInteractive, !state.withLock({ $0.lastLine }).isEmpty else { return }
        console.error("\r\u{1B}[K")
        state.withLock { $0 = State() }
    }

    /// Leaves a line for good where the bar was.
    package func leave(_ line: String) {
        if console.isInteractive { console.error("\r\u{1B}[K") }
        console.say(line)
        state.withLock { $0 = State(lastTime: .now) }
    }

    package static func line(_ what: String, done: Int, of total: Int, after: String) -> String {
        let share = total > 0 ? min(1, Double(done) / Double(total)) : 1
        let filled = Int(share * Double(barWidth))
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: barWidth - filled)
        let percent = String(Int(share * 100))
        return "\(what)  \(bar) \(String(repeating: " ", count: 3 - percent.count))\(percent) %  \(after)"
    }
}
