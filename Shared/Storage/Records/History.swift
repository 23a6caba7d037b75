package import Values

/// One entry of a record's history: who made which version of it, when and why.
package struct HistoryRecord: Hashable, Sendable {
    package var entity: String
    package var id: String
    package var version: Int64
    package var at: Instant
    package var actor: Actor
    package var change: String
    package var reason: String
    package var detailJSON: String
    package var requestID: String
}

extension Writer {
    /// Adds an entry to the history of a record; entries are never changed or removed (the tables
    /// forbid it). Each version of a record has one entry.
    /// - Parameters:
    ///   - entity: kind of record: "partner".
    ///   - change: what was done, as a verb: "registered".
    ///   - detailJSON: the fields that changed, as a JSON object of `{"field": [old, new]}`.
    package func recordHistory(entity: String, id: String, version: Int64, change: String, detailJSON: String = "{}",
                               _ mutation: Mutation) throws(StoreError) {
        try executeUnseen("""
            INSERT INTO store_history (entity, entity_id, version, at, actor_id, actor_kind, change, reason,
                                       detail_json, request_id)
            VALUES (\(entity), \(id), \(version), \(mutation.at), \(mutation.actor.id), \(mutation.actor.kind),
                    \(change), \(mutation.reason), \(detailJSON), \(mutation.requestID))
            """)
    }
}

extension Reader {
    /// A record's history, newest first, from the version before `version` on.
    package func history(entity: String, id: String, before version: Int64 = .max,
                         limit: Int) throws(StoreError) -> [HistoryRecord] {
        let found = try rows("""
            SELECT version, at, actor_id, actor_kind, change, reason, detail_json, request_id FROM store_history
            WHERE entity = \(entity) AND entity_id = \(id) AND version < \(version)
            ORDER BY version DESC LIMIT \(limit)
            """)
        var records: [HistoryRecord] = []
        for row in found {
            records.append(HistoryRecord(
                entity: entity, id: id, version: try row.int(0), at: try row.instant(1),
                actor: Actor(id: try row.text(2), kind: try row.text(3)), change: try row.text(4),
                reason: try row.text(5), detailJSON: try row.text(6), requestID: try row.text(7)))
        }
        return records
    }
}
