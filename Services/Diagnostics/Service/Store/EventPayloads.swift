import ServiceKit

/// Writes the messages that this service's events carry. The store does not know the messages; whoever
/// puts the service together gives it this.
protocol EventPayloads: Sendable {
    func diagnostic(_ diagnostic: Diagnostic) -> EventPayload
}
