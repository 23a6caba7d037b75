import Contracts
import Synchronization

/// Whether a follower goes on, for those who ask from outside.
package final class FollowerStanding: Sendable {
    /// Attempts at one event after which it is told about. By the follower's waits, that is after about a second.
    package static let attemptsUntilTold = 5

    private struct State {
        var stopped: String?
        var stuck: (position: String, type: String, source: String)?
        /// At the event that is stuck.
        var attempts = 0
    }

    private let state = Mutex(State())

    package init() {}

    /// Nil: it goes on.
    package var problem: String? {
        state.withLock { state in
            if let stopped = state.stopped { return stopped }
            guard let stuck = state.stuck, state.attempts >= Self.attemptsUntilTold else { return nil }
            // Without the number of attempts, so that the answer does not change with each.
            return "the event \(stuck.type) at \(stuck.position) of the feed of \(stuck.source) cannot be applied; "
                + "it is tried again and again, and those after it wait. The log says why"
        }
    }

    func stop(_ reason: String) { state.withLock { $0.stopped = reason } }

    /// An attempt at this event has failed.
    func failed(_ event: CommonV1.FeedEvent, of source: String) {
        state.withLock { state in
            if state.stuck?.position != event.position {
                state.stuck = (event.position, event.type, source)
                state.attempts = 0
            }
            state.attempts += 1
        }
    }

    /// Something was applied, so nothing is stuck.
    func applied() {
        state.withLock { state in
            state.stuck = nil
            state.attempts = 0
        }
    }
}
