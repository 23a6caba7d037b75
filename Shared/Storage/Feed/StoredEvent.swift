package import Values

/// Something that happened, to be told to the followers of this service.
package struct StoredEvent: Hashable, Sendable {
    /// UUIDv7.
    package var id: String
    /// "partner.registered"
    package var type: String
    /// Id of the record that it is about.
    package var subject: String
    /// Version of that record after the event.
    package var subjectVersion: Int64
    package var at: Instant
    package var actor: Actor
    /// Full name of the message that `payload` is.
    package var payloadType: String
    package var payload: [UInt8]

    package init(id: String, type: String, subject: String, subjectVersion: Int64, at: Instant, actor: Actor,
                 payloadType: String, payload: [UInt8]) {
        self.id = id
        self.type = type
        self.subject = subject
        self.subjectVersion = subjectVersion
        self.at = at
        self.actor = actor
        self.payloadType = payloadType
        self.payload = payload
    }
}

/// An event and the position after it.
package struct FeedRecord: Hashable, Sendable {
    package var position: FeedPosition
    package var event: StoredEvent
}
