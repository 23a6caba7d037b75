import Logging
import ServiceLifecycle
import Storage
import Values

/// Forgets the replies to keyed requests once their time is over.
struct StoreHousekeeping: Service {
    static let interval = Duration.seconds(600)

    let store: Store
    let clock: any Clock<Duration>
    let wallClock: any WallClock
    let logger: Logger

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            while true {
                do {
                    let count = try await store.purgeExpiredKeys(now: wallClock.now())
                    logger.debug("forgot old replies", metadata: ["store.replies": .stringConvertible(count)])
                } catch {
                    try Task.checkCancellation()
                    logger.warning("old replies could not be forgotten", metadata: ["error.message": "\(error)"])
                }
                try await clock.sleep(for: Self.interval)
            }
        }
    }
}
