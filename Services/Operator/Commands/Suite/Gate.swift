import Synchronization

/// Something that happens once, and that any number of tasks may wait for.
final class Gate: Sendable {
    private struct State: Sendable {
        var isOpen = false
        var next: UInt64 = 0
        var waiting: [UInt64: CheckedContinuation<Void, Never>] = [:]
    }

    private let state = Mutex(State())

    var isOpen: Bool { state.withLock { $0.isOpen } }

    func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [:] }
            return state.waiting
        }
        for continuation in waiting.values { continuation.resume() }
    }

    /// Returns when the gate opens, or when the task is cancelled.
    func opened() async {
        let id = state.withLock { state in
            state.next += 1
            return state.next
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let goesOn = state.withLock { state in
                    if state.isOpen || Task.isCancelled { return true }
                    state.waiting[id] = continuation
                    return false
                }
                if goesOn { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiting.removeValue(forKey: id) }?.resume()
        }
    }
}

/// Waits for `duration`, but no longer than until the gate opens.
func pause(_ duration: Duration, on clock: any Clock<Duration>, unless gate: Gate) async {
    await withTaskGroup { group in
        group.addTask { try? await clock.sleep(for: duration) }
        group.addTask { await gate.opened() }
        await group.next()
        group.cancelAll()
    }
}
