import Contracts
import Storage
import Values
import Wire

/// Takes from TrainingEvents' events what is counted: the places that people have, and where events are held.
struct TrainingNews: Sendable {
    /// The followed service.
    static let source = "training-events"

    let store: PartnershipStore

    /// The effect of one event, in the follower's transaction. Events about other things have none.
    func apply(_ event: CommonV1.FeedEvent, _ writer: any Writer) throws {
        switch event.payloadType {
        case TrainingEventsV1.BookingChanged.messageName:
            let change = try TrainingEventsV1.BookingChanged(decoding: event.payload)
            guard let booking = change.booking else { return }
            try store.apply(CountedBooking(
                id: event.subject, school: URN(told: change.schoolUrn), isPlace: booking.status == .booked,
                version: event.subjectVersion), writer)
        case TrainingEventsV1.EventChanged.messageName:
            let change = try TrainingEventsV1.EventChanged(decoding: event.payload)
            guard let training = change.event else { return }
            try store.apply(CountedEvent(
                id: event.subject, venue: URN(told: training.venue?.schoolUrn),
                partner: training.partnerId.flatMap { UUIDv7($0) }, isCancelled: training.status == .cancelled,
                version: event.subjectVersion), writer)
        default: return
        }
    }
}
