extension Store {
    /// Up to `limit` events after a position, in the order in which they became durable; nil: from the
    /// beginning. Fails as `feedMismatch` if the position is of another feed or another course of this
    /// one, as `feedAhead` if this feed has not reached it.
    package func events(after position: FeedPosition?, limit: Int) async throws -> [FeedRecord] {
        try await read { reader in try reader.events(after: position, limit: limit) }
    }

    /// Where the feed ends now.
    package func feedEnd() async throws -> FeedPosition {
        try await read { reader in try reader.feedEnd() }
    }

    /// Tells each time that events were added; several additions may be told as one. Ends when the
    /// store is closed. Ask for this before reading `events`, then nothing is missed in between.
    /// Additions of other processes are told too, and once more when some may have been missed.
    package func eventsAdded() -> AsyncStream<Void> {
        wakeUps.subscribe()
    }
}
