import Synchronization

/// Remembers whether the last write failed for a reason that lies outside the program, so that a
/// health check can try one itself: a service that is told to serve nothing gets no write to recover by.
final class WriteHealth: Sendable {
    private let failed = Atomic(false)

    var hasFailed: Bool { failed.load(ordering: .relaxed) }

    func note(_ error: StoreError?) {
        switch error?.code {
        case nil: failed.store(false, ordering: .relaxed)
        case .unavailable, .unreachable, .corrupt: failed.store(true, ordering: .relaxed)
        default: break
        }
    }
}
