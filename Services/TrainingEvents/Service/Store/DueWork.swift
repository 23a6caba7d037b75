import Storage
import Values

/// What time alone brings about.
extension TrainingEventsStore {
    /// Events that one sweep looks at; the rest is for the next.
    static let sweepLimit = 200

    /// The events at which something is due: an offer past its deadline, people waiting for what has begun, or an
    /// end that has come.
    func eventsDue(at now: Instant) async throws -> [UUIDv7] {
        try await store.read { reader in
            var ids: [UUIDv7] = []
            let questions: [SQL] = [
                """
                SELECT DISTINCT event_id FROM waiting_entries WHERE status = 2 AND offer_expires_at <= \(now)
                LIMIT \(Self.sweepLimit)
                """,
                """
                SELECT id FROM events WHERE waiting > 0 AND starts_at <= \(now) AND status = 1
                LIMIT \(Self.sweepLimit)
                """,
                "SELECT id FROM events WHERE status = 1 AND ends_at <= \(now) LIMIT \(Self.sweepLimit)",
            ]
            for question in questions {
                for row in try reader.rows(question) {
                    let id = try row.identifier(0)
                    if !ids.contains(id) { ids.append(id) }
                }
            }
            return ids
        }
    }

    /// Does what is due at an event, in one transaction.
    func settle(_ id: UUIDv7, at now: Instant) async throws {
        let mutation = Mutation(
            principal: "service:training-events", method: "sweep", key: nil, requestDigest: [],
            actor: Actor(id: "training-events", kind: "service"), reason: "The time had come.", at: now)
        try await store.write { writer in
            let work = PlaceWork(store: self, writer: writer, mutation: mutation)
            try work.save(try work.settled(id))
        }
    }
}
