import Contracts
import ServiceKit
import Values
import Wire

/// Writes events' payloads as the messages of the contracts.
struct ContractPayloads: EventPayloads {
    func event(_ event: TrainingEvent) -> EventPayload {
        EventPayload(TrainingEventsV1.EventChanged(event: .init(event)))
    }

    func booking(_ booking: Booking, school: URN?) -> EventPayload {
        EventPayload(TrainingEventsV1.BookingChanged(
            booking: .init(booking), schoolUrn: school.map { Int64($0.number) }))
    }

    func waiting(_ entry: WaitingEntry) -> EventPayload {
        EventPayload(TrainingEventsV1.WaitingChanged(entry: .init(entry)))
    }
}
