package import Contracts
import Synchronization

/// Shows how far an import is: a bar that is drawn over at a terminal, lines now and then elsewhere.
package final class ImportProgress: Sendable {
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

    package func uploading(_ name: String, _ sent: Int, of total: Int) {
        show("sending \(name)", done: sent, of: total, after: Self.size(sent))
    }

    package func reading(_ progress: PartnershipV1.GiasImport) {
        guard let file = progress.files.first(where: { $0.bytesRead < $0.bytesTotal }) ?? progress.files.last else {
            return
        }
        let rows = "\(Self.grouped(file.rowsRead)) rows"
        show("reading \(file.name)", done: Int(file.bytesRead), of: Int(file.bytesTotal), after: rows)
    }

    /// Leaves the bar as it is and goes on below it.
    package func end() {
        guard console.isInteractive, !state.withLock({ $0.lastLine }).isEmpty else { return }
        console.error("\r\u{1B}[K")
        state.withLock { $0 = State() }
    }

    private func show(_ what: String, done: Int, of total: Int, after: String) {
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

    package static func line(_ what: String, done: Int, of total: Int, after: String) -> String {
        let share = total > 0 ? min(1, Double(done) / Double(total)) : 1
        let filled = Int(share * Double(barWidth))
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: barWidth - filled)
        let percent = String(Int(share * 100))
        return "\(what)  \(bar) \(String(repeating: " ", count: 3 - percent.count))\(percent) %  \(after)"
    }

    package static func size(_ bytes: Int) -> String {
        switch bytes {
        case ..<1_000: "\(bytes) bytes"
        case ..<1_000_000: "\(bytes / 1_000) kB"
        default: "\(bytes / 1_000_000).\(bytes / 100_000 % 10) MB"
        }
    }

    /// 1,234,567.
    package static func grouped(_ number: Int64) -> String {
        var result = ""
        for (index, digit) in String(number).reversed().enumerated() {
            if index > 0, index % 3 == 0, digit != "-" { result.append(",") }
            result.append(digit)
        }
        return String(result.reversed())
    }
}
