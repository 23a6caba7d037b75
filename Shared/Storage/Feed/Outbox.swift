extension Writer {
    /// Adds an event to the feed, in the same transaction as the change that it tells of. Followers
    /// wake up after the commit. Events are kept without end for now, and never changed.
    package func appendEvent(_ event: StoredEvent) throws(StoreError) {
        // Writers have the store one after the other (SQLite's lock, or the write lock in PostgreSQL). So positions have no
        // gaps, and their order is the order of commit: a follower skips none.
        try executeUnseen("""
            INSERT INTO store_events (position, id, type, subject, subject_version, at, actor_id, actor_kind,
                                      payload_type, payload)
            SELECT last_position + 1, \(event.id), \(event.type), \(event.subject), \(event.subjectVersion),
                   \(event.at), \(event.actor.id), \(event.actor.kind), \(event.payloadType), \(event.payload)
            FROM store_feed
            """)
        try executeUnseen("UPDATE store_feed SET last_position = last_position + 1")
        effects.appendedEvents = true
    }
}

extension Reader {
    /// Where the feed ends now.
    package func feedEnd() throws(StoreError) -> FeedPosition {
        guard let row = try row("""
            SELECT feed_id, last_position, id FROM store_feed LEFT JOIN store_events ON position = last_position
            """) else { throw StoreError(.corrupt, "The store lacks its feed. Restore it from a copy.") }
        let feedID = try row.text(0)
        let sequence = try row.int(1)
        guard sequence > 0 else { return FeedPosition(startOf: feedID) }
        return FeedPosition(feedID: feedID, sequence: sequence, eventID: try row.text(2))
    }

    /// Up to `limit` events after a position; nil: from the beginning. See `Store.events`.
    package func events(after position: FeedPosition?, limit: Int) throws(StoreError) -> [FeedRecord] {
        let end = try feedEnd()
        if let position { try check(position, end: end) }
        let found = try rows("""
            SELECT position, id, type, subject, subject_version, at, actor_id, actor_kind, payload_type, payload
            FROM store_events WHERE position > \(position?.sequence ?? 0) ORDER BY position LIMIT \(limit)
            """)
        var records: [FeedRecord] = []
        records.reserveCapacity(found.count)
        for row in found {
            let event = StoredEvent(
                id: try row.text(1), type: try row.text(2), subject: try row.text(3), subjectVersion: try row.int(4),
                at: try row.instant(5), actor: Actor(id: try row.text(6), kind: try row.text(7)),
                payloadType: try row.text(8), payload: try row.blob(9))
            let position = FeedPosition(feedID: end.feedID, sequence: try row.int(0), eventID: event.id)
            records.append(FeedRecord(position: position, event: event))
        }
        return records
    }

    private func check(_ position: FeedPosition, end: FeedPosition) throws(StoreError) {
        guard position.feedID == end.feedID else {
            throw StoreError(.feedMismatch, "The position is of another feed: the store was made anew. "
                + "The follower must be looked at by a person, and begin again if that is right.")
        }
        guard position.sequence <= end.sequence else {
            throw StoreError(.feedAhead, "The position \(position.sequence) is ahead of this feed, which ends at "
                + "\(end.sequence): the store was restored from an older copy. "
                + "The follower must be looked at by a person.")
        }
        guard position.sequence > 0 else { return }
        let id = try row("SELECT id FROM store_events WHERE position = \(position.sequence)")?.text(0) ?? ""
        guard FeedPosition(feedID: end.feedID, sequence: position.sequence, eventID: id) == position else {
            throw StoreError(.feedMismatch, "The follower has seen another event at position \(position.sequence): the "
                + "store was restored from an older copy and went on. The follower must be looked at by a person.")
        }
    }
}
