import Synchronization

/// Wakes everybody who waits for events. A signal to somebody who has not looked yet is kept, once.
final class WakeUps: Sendable {
    private struct State {
        var waiting: [Int: AsyncStream<Void>.Continuation] = [:]
        var nextID = 0
        var finished = false
    }

    private let state = Mutex(State())

    func subscribe() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let id = state.withLock { state -> Int? in
            guard !state.finished else { return nil }
            defer { state.nextID += 1 }
            state.waiting[state.nextID] = continuation
            return state.nextID
        }
        guard let id else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in
            _ = self?.state.withLock { $0.waiting.removeValue(forKey: id) }
        }
        return stream
    }

    var count: Int { state.withLock { $0.waiting.count } }

    func signal() {
        // Outside the lock: whoever resumes may subscribe or end.
        for continuation in state.withLock({ Array($0.waiting.values) }) { continuation.yield() }
    }

    func finish() {
        let waiting = state.withLock { state in
            defer { state.waiting = [:] }
            state.finished = true
            return Array(state.waiting.values)
        }
        for continuation in waiting { continuation.finish() }
    }
}
