import CSpawn
import Glibc
import Synchronization

/// A process that this one has started.
///
/// Each has a thread that forks it, waits for it and ends after it. Linux sends the "parent died" signal when the
/// forking *thread* ends, so that thread has to live exactly as long as the child does.
package final class RunningProcess: Sendable {
    package let pid: Int32

    private struct State: Sendable {
        var status: ExitStatus?
        var waiting: [UInt64: CheckedContinuation<ExitStatus?, Never>] = [:]
        var nextWaiter: UInt64 = 0
    }

    private let state = Mutex(State())

    private init(pid: Int32) {
        self.pid = pid
    }

    /// Starts the process; returns when its program runs.
    package static func start(_ launch: Launch) async throws(LaunchError) -> RunningProcess {
        let result = await withCheckedContinuation { continuation in
            startThread {
                switch spawn(launch) {
                case .failure(let error):
                    continuation.resume(returning: Result<RunningProcess, LaunchError>.failure(error))
                case .success(let pid):
                    let process = RunningProcess(pid: pid)
                    continuation.resume(returning: .success(process))
                    process.reap()
                }
            }
        }
        return try result.get()
    }

    /// How it ended; nil while it runs.
    package var status: ExitStatus? { state.withLock { $0.status } }

    /// Waits for the end. Nil only if the waiting task was cancelled before.
    @discardableResult
    package func ended() async -> ExitStatus? {
        let waiter = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let now: ExitStatus?? = state.withLock { state in
                    if let status = state.status { return .some(status) }
                    if Task.isCancelled { return .some(nil) }
                    state.waiting[waiter] = continuation
                    return nil
                }
                if let now { continuation.resume(returning: now) }
            }
        } onCancel: {
            state.withLock { $0.waiting.removeValue(forKey: waiter) }?.resume(returning: nil)
        }
    }

    /// Sends a signal; false if the process has ended. Never reaches a stranger that got the same id later.
    @discardableResult
    package func send(signal: Int32) -> Bool {
        state.withLock { state in
            state.status == nil && kill(pid, signal) == 0
        }
    }

    /// Blocks its thread until the child has ended, and tells who waits.
    private func reap() {
        var info = unsafe siginfo_t()
        // Not collected yet: the id stays ours while `send` may use it.
        while unsafe waitid(P_PID, id_t(pid), &info, WEXITED | WNOWAIT) != 0, errno == EINTR {}
        let (status, waiting) = state.withLock { state in
            var raw: Int32 = 0
            while unsafe waitpid(pid, &raw, 0) < 0, errno == EINTR {}
            let signal = raw & 0x7f
            let status: ExitStatus = signal == 0 ? .exited((raw >> 8) & 0xff) : .killed(signal: signal)
            state.status = status
            defer { state.waiting = [:] }
            return (status, state.waiting)
        }
        for continuation in waiting.values { continuation.resume(returning: status) }
    }
}
