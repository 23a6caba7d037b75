import Dispatch
import Synchronization

/// Runs asynchronous work to its end and blocks for it, on a thread of its own, so that it comes to an end even when
/// every thread that Swift's tasks share is blocked here. For what is made once in a process, by code that cannot wait
/// otherwise.
func blocking<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) throws -> Value {
    let outcome = Mutex<Result<Value, any Error>?>(nil)
    let done = DispatchSemaphore(value: 0)
    let thread = QueueExecutor()
    Task(executorPreference: thread) {
        let result: Result<Value, any Error>
        do { result = .success(try await body()) } catch { result = .failure(error) }
        outcome.withLock { $0 = result }
        done.signal()
    }
    done.wait()
    guard let result = outcome.withLock({ $0 }) else { preconditionFailure("signalled before there was an outcome") }
    return try result.get()
}

/// Runs tasks one after the other on a queue that gets a thread whenever it needs one.
private final class QueueExecutor: TaskExecutor {
    private let queue = DispatchQueue(label: "olp.test.blocking")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { [self] in
            unsafe job.runSynchronously(on: asUnownedTaskExecutor())
        }
    }
}
