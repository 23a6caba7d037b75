import Logging
import Storage
import Values

/// Forgets the replies to keyed requests once their time is over.
struct StoreHousekeeping: Sweep {
    static let interval = Duration.seconds(600)
    static let complaint: Logger.Message = "old replies could not be forgotten"

    let store: Store
    let clock: any Clock<Duration>
    let wallClock: any WallClock
    let logger: Logger

    func sweep() async throws {
        let count = try await store.purgeExpiredKeys(now: wallClock.now())
        logger.debug("forgot old replies", metadata: ["store.replies": .stringConvertible(count)])
    }
}
