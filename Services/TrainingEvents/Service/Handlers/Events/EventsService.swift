import Contracts
import Values

/// `olp.training_events.v1.Events`: what takes place where and when, and how many places it has.
struct EventsService: EventsHandlers {
    let store: TrainingEventsStore
    let wallClock: any WallClock
}
