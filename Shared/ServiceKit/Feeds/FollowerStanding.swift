import Synchronization

/// Whether a follower goes on, for those who ask from outside.
package final class FollowerStanding: Sendable {
    private let state = Mutex<String?>(nil)

    package init() {}

    /// Nil: it goes on.
    package var problem: String? { state.withLock { $0 } }

    func stop(_ reason: String) { state.withLock { $0 = reason } }
}
