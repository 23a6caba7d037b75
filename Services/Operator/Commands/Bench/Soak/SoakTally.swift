import RPC
import Synchronization

/// What became of a soak's calls since it was read last.
final class SoakTally: Sendable {
    struct Counts: Sendable {
        var succeeded = 0
        /// Calls that were cancelled or out of time because they were made to be.
        var ended = 0
        var failed: [String: Int] = [:]
        /// The longest of the calls that ended.
        var longest = Duration.zero

    }

    private let counts = Mutex(Counts())

    /// Notes a call.
    /// - Parameters:
    ///   - code: how it ended.
    ///   - expected: how it may end besides with OK.
    func add(_ code: StatusCode, expected: Set<StatusCode>, took duration: Duration) {
        counts.withLock { counts in
            counts.longest = max(counts.longest, duration)
            if code == .ok {
                counts.succeeded += 1
            } else if expected.contains(code) {
                counts.ended += 1
            } else {
                counts.failed[code.name, default: 0] += 1
            }
        }
    }

    /// Takes what was counted; counting begins anew.
    func take() -> Counts {
        counts.withLock { counts in
            defer { counts = Counts() }; return counts
        }
    }
}
