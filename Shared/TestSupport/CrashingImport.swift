import RPC
package import ServiceKit
import Storage
import Synchronization

/// Runs the next import and stops, as a crash would, before the checkpoint after a number of them.
package struct CrashingImport: Sendable {
    private let runner: ImportRunner
    private let progress: ChangeSignal
    private let checkpoints: Int

    /// - Parameter progress: What the runner signals.
    package init(_ runner: ImportRunner, progress: ChangeSignal, after checkpoints: Int) {
        self.runner = runner
        self.progress = progress
        self.checkpoints = checkpoints
    }

    /// True if the import came to its end first.
    package func run() async throws -> Bool {
        let changes = progress.changes()
        let hasEnded = Mutex(false)
        let running = Task {
            defer {
                hasEnded.withLock { $0 = true }
                progress.signal()
            }
            _ = try await runner.runNext(takingOver: true)
        }
        var seen = 0
        for await _ in changes {
            seen += 1
            if seen > checkpoints { running.cancel() }
            if hasEnded.withLock({ $0 }) { break }
        }
        do {
            try await running.value
            return true
        } catch is CancellationError {
            return false
        } catch let error as RPCError where error.code == .cancelled {
            return false
        } catch let error as StoreError where error.code == .cancelled {
            return false
        }
    }
}
