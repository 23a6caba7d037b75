import Synchronization

/// Says to a piece of work on a store thread that nobody waits for its answer any more.
final class StopFlag: Sendable {
    private let flag = Atomic(false)

    var isSet: Bool { flag.load(ordering: .relaxed) }
    func set() { flag.store(true, ordering: .relaxed) }
}

/// One task's wait for one piece of work on a store thread. The task gets exactly one answer.
final class Ticket<Value: Sendable>: Sendable {
    private enum State {
        case idle
        case waiting(CheckedContinuation<Value, any Error>)
        case running(CheckedContinuation<Value, any Error>)
        case over
    }

    private let state = Mutex(State.idle)
    /// Whether a cancelled task may go while the work still runs. Not for writes: whoever asked for
    /// one must learn whether it was kept.
    private let abandonable: Bool
    let stop = StopFlag()

    init(abandonable: Bool) {
        self.abandonable = abandonable
    }

    /// False if the task was cancelled before; it has its answer then.
    func wait(_ continuation: CheckedContinuation<Value, any Error>) -> Bool {
        let waits = state.withLock { state in
            guard case .idle = state else { return false }
            state = .waiting(continuation)
            return true
        }
        if !waits { continuation.resume(throwing: CancellationError()) }
        return waits
    }

    /// False if nobody wants the work any more: do not begin.
    func begin() -> Bool {
        state.withLock { state in
            guard case .waiting(let continuation) = state else { return false }
            state = .running(continuation)
            return true
        }
    }

    var isOver: Bool {
        state.withLock { if case .over = $0 { true } else { false } }
    }

    func finish(_ result: Result<Value, any Error>) {
        let continuation = state.withLock { state -> CheckedContinuation<Value, any Error>? in
            defer { state = .over }
            switch state {
            case .waiting(let continuation), .running(let continuation): return continuation
            case .idle, .over: return nil
            }
        }
        continuation?.resume(with: result)
    }

    func cancel() {
        stop.set()
        let continuation = state.withLock { state -> CheckedContinuation<Value, any Error>? in
            switch state {
            case .idle, .over:
                state = .over
                return nil
            case .waiting(let continuation):
                state = .over
                return continuation
            case .running(let continuation):
                guard abandonable else { return nil }
                state = .over
                return continuation
            }
        }
        continuation?.resume(throwing: CancellationError())
    }
}
