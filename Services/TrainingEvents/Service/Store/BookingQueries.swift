import ServiceKit
import Storage
import Values

/// Which bookings a list shows.
struct BookingFilter: Hashable, Sendable {
    var events: [String] = []
    var candidates: [String] = []
    var applications: [String] = []
    var statuses: [BookingStatus] = []
}

/// Which entries of waiting lists a list shows.
struct WaitingFilter: Hashable, Sendable {
    var events: [String] = []
    var candidates: [String] = []
    var statuses: [WaitingStatus] = []
}

/// A decision with its time, as it was kept.
struct KeptDecision: Hashable, Sendable {
    var at: Instant
    var entryID: UUIDv7
    var outcome: String
    var reason: String
}

/// What is asked of places.
extension TrainingEventsStore {
    func booking(_ id: UUIDv7) async throws -> Booking? {
        try await store.read { reader in try BookingTable.find(id, reader) }
    }

    /// Newest first.
    func bookings(_ filter: BookingFilter, pageSize: Int, token: String) async throws -> Page<Booking> {
        let filters: [SQLValue] = [
            .text("bookings"), EventFilter.joined(filter.events), EventFilter.joined(filter.candidates),
            EventFilter.joined(filter.applications), EventFilter.joined(filter.statuses.map { "\($0.rawValue)" }),
        ]
        let after = try PageToken.keys(token, count: 1, filters: filters)
        return try await store.read { reader in
            let rows = try reader.rows(Self.question(filter, after: after, limit: pageSize + 1))
            return try Page(rows, size: pageSize, filters: filters) { row in
                try BookingTable.read(row)
            } keys: { [try $0.value(0)] }
        }
    }

    /// - Parameter after: the sort value to go on after; nil: from the beginning.
    static func question(_ filter: BookingFilter, after: [SQLValue]?, limit: Int) -> SQL {
        var conditions = Self.conditions([
            ("event_id", filter.events.map(\.sqlValue)), ("candidate_id", filter.candidates.map(\.sqlValue)),
            ("application_id", filter.applications.map(\.sqlValue)),
            ("status", filter.statuses.map(\.rawValue.sqlValue)),
        ])
        let isNarrow = !(filter.events.isEmpty && filter.candidates.isEmpty && filter.applications.isEmpty)
        // Says what the index of those that have ended is limited to.
        if !isNarrow, !filter.statuses.isEmpty, !filter.statuses.contains(.booked) { conditions.append("status > 1") }
        if let after { conditions.append("id < \(after[0])") }
        return """
            SELECT \(raw: BookingTable.columns) FROM bookings WHERE \(conditions.joined(separator: " AND "))
            ORDER BY id DESC LIMIT \(limit)
            """
    }

    /// Event by event, in the order in which they are served.
    func waitingEntries(_ filter: WaitingFilter, pageSize: Int, token: String) async throws -> Page<WaitingEntry> {
        let filters: [SQLValue] = [
            .text("waiting"), EventFilter.joined(filter.events), EventFilter.joined(filter.candidates),
            EventFilter.joined(filter.statuses.map { "\($0.rawValue)" }),
        ]
        let after = try PageToken.keys(token, count: 4, filters: filters)
        return try await store.read { reader in
            let rows = try reader.rows(Self.question(filter, after: after, limit: pageSize + 1))
            return try Page(rows, size: pageSize, filters: filters) { row in
                try WaitingTable.read(row)
            } keys: { row in
                [try row.value("event_id"), try row.value("priority"), try row.value("joined_at"), try row.value("id")]
            }
        }
    }

    /// - Parameter after: the sort values to go on after; nil: from the beginning.
    static func question(_ filter: WaitingFilter, after: [SQLValue]?, limit: Int) -> SQL {
        var conditions = Self.conditions([
            ("event_id", filter.events.map(\.sqlValue)), ("candidate_id", filter.candidates.map(\.sqlValue)),
            ("status", filter.statuses.map(\.rawValue.sqlValue)),
        ])
        if let after { conditions.append("(event_id, priority, joined_at, id) > \(list: after)") }
        return """
            SELECT \(raw: WaitingTable.columns) FROM waiting_entries WHERE \(conditions.joined(separator: " AND "))
            ORDER BY event_id, priority, joined_at, id LIMIT \(limit)
            """
    }

    /// Newest first; nil if there is no such event.
    func promotionDecisions(of id: UUIDv7, pageSize: Int, token: String) async throws -> Page<KeptDecision>? {
        let filters: [SQLValue] = [.text("promotions"), id.sqlValue]
        let after = try PageToken.keys(token, count: 1, filters: filters)
        return try await store.read { reader in
            guard try reader.row("SELECT 1 FROM events WHERE id = \(id)") != nil else { return nil }
            let rest: SQL = after.map { " AND id < \($0[0])" } ?? ""
            let rows = try reader.rows("""
                SELECT id, at, entry_id, outcome, reason FROM promotion_decisions WHERE event_id = \(id)\(rest)
                ORDER BY id DESC LIMIT \(pageSize + 1)
                """)
            return try Page(rows, size: pageSize, filters: filters) { row in
                KeptDecision(at: try row.instant(1), entryID: try row.identifier(2), outcome: try row.text(3),
                             reason: try row.text(4))
            } keys: { [try $0.value(0)] }
        }
    }

    static func conditions(_ columns: [(name: String, values: [SQLValue])]) -> [SQL] {
        var conditions: [SQL] = ["1 = 1"]
        for (name, values) in columns where !values.isEmpty {
            conditions.append("\(raw: name) IN \(SQL.padded(values))")
        }
        return conditions
    }
}
