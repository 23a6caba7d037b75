package import Wire

/// A message as an event of the feed carries it.
package struct EventPayload: Hashable, Sendable {
    /// Full name of the message.
    package var type: String
    package var bytes: [UInt8]

    package init<Content: Message>(_ message: Content) {
        type = Content.messageName
        bytes = message.encoded()
    }
}
