extension Reader {
    /// How far this store has applied the feed of another service; nil: nothing yet. The text is the
    /// other service's own and is not looked into.
    package func followerPosition(_ source: String) throws(StoreError) -> String? {
        try row("SELECT position FROM store_followers WHERE source = \(source)")?.text(0)
    }

    /// How far this store has applied each feed of which it has applied anything, by source.
    package func followerPositions() throws(StoreError) -> [(source: String, position: String)] {
        try rows("SELECT source, position FROM store_followers ORDER BY source").map { row throws(StoreError) in
            (source: try row.text(0), position: try row.text(1))
        }
    }
}

extension Writer {
    /// Keeps how far the feed of `source` is applied, in the same transaction as the effect of the
    /// event: so each event is applied once. `previous` is the position that the event came after;
    /// if the store is elsewhere by now, two followers are at work: fails as `followerMoved`.
    package func setFollowerPosition(_ source: String, to position: String, from previous: String?) throws(StoreError) {
        let changed = if let previous {
            try execute("""
                UPDATE store_followers SET position = \(position) WHERE source = \(source) AND position = \(previous)
                """)
        } else {
            try execute("""
                INSERT INTO store_followers (source, position) VALUES (\(source), \(position)) ON CONFLICT DO NOTHING
                """)
        }
        guard changed == 1 else {
            throw StoreError(.followerMoved, "The feed of \(source) was applied further by another follower. "
                + "Go on from the position that is kept.")
        }
    }
}
