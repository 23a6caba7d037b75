import Glibc
import Synchronization
import TestSupport

/// A suite that is started again on the same data each time that all of it was killed.
final class SuiteLives: Sendable {
    private let folder: TemporaryDirectory
    private let current: Mutex<RunningSuite>

    init() async throws {
        folder = try TemporaryDirectory()
        current = Mutex(try await RunningSuite.start(in: folder))
    }

    /// The one that runs now, or the last one while nothing does.
    var suite: RunningSuite { current.withLock { $0 } }

    /// Path of a service's store.
    func store(_ service: String) -> String { folder.file("data/\(service).sqlite") }

    /// Ends every process at once, and starts the suite again.
    func crash() async throws {
        let suite = suite
        let pids = suite.state?.services.compactMap(\.pid) ?? []
        await suite.killSupervisor()
        // Most have heard by now that their parent is gone, and would stop in order.
        for pid in pids { kill(pid, SIGKILL) }
        try await poll(until: "the end of every process", timeout: RunningSuite.patience) {
            pids.allSatisfy { kill($0, 0) != 0 }
        }
        let next = try await RunningSuite.start(in: folder)
        current.withLock { $0 = next }
    }
}
