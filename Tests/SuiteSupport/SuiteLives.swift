import Glibc
import Synchronization
import TestSupport

/// A suite that is started again on the same data each time that all of it was killed.
package final class SuiteLives: Sendable {
    private let start: @Sendable () async throws -> RunningSuite
    private let current: Mutex<RunningSuite>

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

    /// Starts it after its end.
    package func startAgain() async throws {
        let next = try await start()
        current.withLock { $0 = next }
    }
}
