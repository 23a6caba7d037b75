import Synchronization

/// A clock that moves only when a test moves it.
///
/// ```swift
/// async let outcome = retry(clock: clock)          // sleeps 100 ms between attempts
/// await clock.sleepers(1)                          // it sleeps now
/// clock.advance(by: .milliseconds(100))
/// ```
package final class ManualClock: Clock, Sendable {
    package struct Instant: InstantProtocol {
        package let sinceStart: Swift.Duration

        package init(sinceStart: Swift.Duration = .zero) { self.sinceStart = sinceStart }
        package func advanced(by duration: Swift.Duration) -> Instant {
            Instant(sinceStart: sinceStart + duration)
        }
        package func duration(to other: Instant) -> Swift.Duration { other.sinceStart - sinceStart }
        package static func < (a: Instant, b: Instant) -> Bool { a.sinceStart < b.sinceStart }
    }

    private struct Sleeper: Sendable {
        let wakesAt: Instant
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct Watcher: Sendable {
        let count: Int
        let continuation: CheckedContinuation<Void, Never>
    }

    private struct State: Sendable {
        var now = Instant()
        var next: UInt64 = 0
        var sleeping: [UInt64: Sleeper] = [:]
        var watching: [Watcher] = []

        /// Takes out the watchers that have what they wait for.
        mutating func takeSatisfied() -> [Watcher] {
            let satisfied = watching.filter { $0.count <= sleeping.count }
            watching.removeAll { $0.count <= sleeping.count }
            return satisfied
        }
    }

    private let state = Mutex(State())

    package init() {}

    package var now: Instant { state.withLock { $0.now } }
    package var minimumResolution: Swift.Duration { .nanoseconds(1) }

    /// The time left for each task that sleeps now, shortest first.
    package var pendingSleeps: [Swift.Duration] {
        state.withLock { state in
            state.sleeping.values.map { state.now.duration(to: $0.wakesAt) }.sorted()
        }
    }

    /// Moves the clock, and wakes who has slept enough, in the order of their times.
    package func advance(by duration: Swift.Duration) {
        let due = state.withLock { state in
            state.now = state.now.advanced(by: duration)
            let due = state.sleeping.filter { $0.value.wakesAt <= state.now }
            for id in due.keys { state.sleeping[id] = nil }
            return due.values.sorted { $0.wakesAt < $1.wakesAt }
        }
        for sleeper in due { sleeper.continuation.resume() }
    }

    /// Waits until at least this many tasks sleep on the clock.
    package func sleepers(_ count: Int) async {
        await withCheckedContinuation { continuation in
            let satisfied = state.withLock { state in
                state.watching.append(Watcher(count: count, continuation: continuation))
                return state.takeSatisfied()
            }
            for watcher in satisfied { watcher.continuation.resume() }
        }
    }

    package func sleep(until deadline: Instant, tolerance: Swift.Duration?) async throws {
        let id = state.withLock { state in
            state.next += 1
            return state.next
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                enum Outcome { case wake, cancel, asleep([Watcher]) }
                let outcome: Outcome = state.withLock { state in
                    if Task.isCancelled { return .cancel }
                    if deadline <= state.now { return .wake }
                    state.sleeping[id] = Sleeper(wakesAt: deadline, continuation: continuation)
                    return .asleep(state.takeSatisfied())
                }
                switch outcome {
                case .wake: continuation.resume()
                case .cancel: continuation.resume(throwing: CancellationError())
                case .asleep(let satisfied): for watcher in satisfied { watcher.continuation.resume() }
                }
            }
        } onCancel: {
            state.withLock { $0.sleeping.removeValue(forKey: id) }?
                .continuation.resume(throwing: CancellationError())
        }
    }
}
