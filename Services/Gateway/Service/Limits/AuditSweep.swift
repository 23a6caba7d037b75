import Logging
import ServiceKit
import Values

/// Forgets audited requests when their time is over. Several gateways may do so at once.
struct AuditSweep: Sweep {
    static let interval = Duration.seconds(3600)
    static let complaint: Logger.Message = "old audited requests could not be forgotten"

    let store: GatewayStore
    let keptFor: Duration
    let clock: any Clock<Duration>
    let wallClock: any WallClock
    let logger: Logger

    func sweep() async throws {
        let bound = wallClock.now() - keptFor
        while try await store.forgetAudited(before: bound) == GatewayStore.forgottenAtOnce {}
    }
}
