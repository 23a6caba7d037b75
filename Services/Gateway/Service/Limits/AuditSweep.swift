import Logging
import ServiceLifecycle
import Values

/// Forgets audited requests when their time is over. Several gateways may do so at once.
struct AuditSweep: Service {
    static let interval = Duration.seconds(3600)

    let store: GatewayStore
    let keptFor: Duration
    let clock: any Clock<Duration>
    let wallClock: any WallClock
    let logger: Logger

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            while true {
                do {
                    let bound = wallClock.now() - keptFor
                    while try await store.forgetAudited(before: bound) == GatewayStore.forgottenAtOnce {}
                } catch {
                    try Task.checkCancellation()
                    logger.warning("old audited requests could not be forgotten", metadata: ["error.message": "\(error)"])
                }
                try await clock.sleep(for: Self.interval)
            }
        }
    }
}
