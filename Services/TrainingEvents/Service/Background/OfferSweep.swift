import Logging
import ServiceKit
import Storage
import Values

/// Does again and again what is due by the clock: ends offers that nobody answered and asks the next, closes
/// waiting lists when events begin, and counts events as held when they are over.
///
/// Nothing depends on its haste: every change of an event does first what is due at it.
struct OfferSweep: Sweep {
    static let interval = Duration.seconds(5)
    static let complaint: Logger.Message = "what is due could not all be done; tried again soon"

    let store: TrainingEventsStore
    let wallClock: any WallClock
    let clock: any Clock<Duration>
    let logger: Logger

    func sweep() async throws {
        let now = wallClock.now()
        for id in try await store.eventsDue(at: now) {
            do {
                try await store.settle(id, at: now)
            } catch let error as StoreError where error.code != .cancelled {
                // The others must not wait for this one.
                logger.warning("what is due at an event could not be done; tried again soon",
                               metadata: ["event.id": "\(id)", "error.message": "\(error)"])
            }
        }
    }
}
