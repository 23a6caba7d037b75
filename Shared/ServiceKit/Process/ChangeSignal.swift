import Synchronization

/// Wakes up whoever waits that something has changed. Several changes may be told as one.
package final class ChangeSignal: Sendable {
    private struct State {
        var waiting: [Int: AsyncStream<Void>.Continuation] = [:]
        var next = 0
    }

    private let state = Mutex(State())

    package init() {}

    /// Yields after each change from now on, until whoever reads it lets go. Ask for it before looking
    /// at what may change: then nothing is missed in between.
    package func changes() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let number = state.withLock { state in
            state.next += 1
            state.waiting[state.next] = continuation
            return state.next
        }
        continuation.onTermination = { [weak self] _ in
            _ = self?.state.withLock { $0.waiting.removeValue(forKey: number) }
        }
        return stream
    }

    package func signal() {
        for continuation in state.withLock({ Array($0.waiting.values) }) { continuation.yield() }
    }

    /// Looks at a record now, after each change, and at intervals, because another replica may have changed it.
    /// - Parameter look: Given the version that it saw last, 0 at first. Returns the version that it has seen now, or nil
    ///   when nothing more will come.
    package func follow(
        every interval: Duration, on clock: any Clock<Duration>, look: (Int64) async throws -> Int64?
    ) async throws {
        var last: Int64 = 0
        while true {
            try Task.checkCancellation()
            let changes = changes()
            guard let version = try await look(last) else { return }
            last = version
            await changes.first(within: interval, on: clock)
        }
    }
}

extension AsyncStream<Void> {
    /// Returns at its first element, or after some time, or when the task is cancelled. Good once.
    package func first(within limit: Duration, on clock: any Clock<Duration>) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { for await _ in self { return } }
            group.addTask { try? await clock.sleep(for: limit) }
            await group.next()
            group.cancelAll()
        }
    }
}
