import ServiceKit
import Values

/// Writes the messages that this service's events carry. The store does not know the messages; whoever
/// puts the service together gives it this.
protocol EventPayloads: Sendable {
    func event(_ event: TrainingEvent) -> EventPayload
    func booking(_ booking: Booking, school: URN?) -> EventPayload
    func waiting(_ entry: WaitingEntry) -> EventPayload
}
