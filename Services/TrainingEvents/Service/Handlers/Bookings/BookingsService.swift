import Contracts
import Values

/// `olp.training_events.v1.Bookings`: who has a place, who waits for one, and who was there.
struct BookingsService: BookingsHandlers {
    let store: TrainingEventsStore
    let wallClock: any WallClock
}
