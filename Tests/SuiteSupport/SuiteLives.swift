import Glibc
import Synchronization
import TestSupport

/// A suite that is started again on the same data each time that all of it was killed.
package final class SuiteLives: Sendable {
    private let start: @Sendable () async throws -> RunningSuite
    private let current: Mutex<RunningSuite>
    private let saidBefore = Mutex("")

    /// - Parameter start: Starts it again on the same data.
    package init(_ first: RunningSuite, again start: @escaping @Sendable () async throws -> RunningSuite) {
        self.start = start
        current = Mutex(first)
    }

    /// The one that runs now, or the last one while nothing does.
    package var suite: RunningSuite { current.withLock { $0 } }

    /// Ends every process at once, and starts the suite again.
    package func crash() async throws {
        let suite = suite
        let pids = suite.state?.services.compactMap(\.pid) ?? []
        await suite.killSupervisor()
        // Most have heard by now that their parent is gone, and would stop in order.
        for pid in pids { kill(pid, SIGKILL) }
        try await poll(until: "the end of every process", timeout: RunningSuite.patience) {
            pids.allSatisfy { kill($0, 0) != 0 }
        }
        try await startAgain()
    }

    /// What `olp up` has said in all its lives.
    package var said: String { saidBefore.withLock { $0 } + suite.log("up") }

    /// Processes that fell by a mistake of theirs, in the words of `olp up`: by a signal that nobody sent them but the system,
    /// or with the exit code for what must not happen.
    package var falls: [String] {
        said.split(separator: "\n").map(String.init).filter { line in
            (line.contains("ended by itself (signal") && !line.contains("(signal 9)"))
                || line.contains("ended by itself (exit code 70)")
        }
    }

    /// Starts it after its end.
    package func startAgain() async throws {
        let last = suite.log("up")
        saidBefore.withLock { $0 += last }
        let next = try await start()
        current.withLock { $0 = next }
    }
}
