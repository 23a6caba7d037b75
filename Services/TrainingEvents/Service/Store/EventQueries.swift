import ServiceKit
import Storage
import Values

enum EventOrder: Int, Hashable, Sendable {
    case starts = 1
    case title = 2
    case newest = 3
}

/// Which events a list shows.
struct EventFilter: Hashable, Sendable {
    var query = ""
    var cohorts: [String] = []
    var programmes: [String] = []
    var partners: [String] = []
    var statuses: [EventStatus] = []
    var startsFrom: Instant?
    var startsBefore: Instant?
    var withFreePlaces = false
    var order = EventOrder.starts

    var values: [SQLValue] {
        [.text("events"), .text(query), Self.joined(cohorts), Self.joined(programmes), Self.joined(partners),
         Self.joined(statuses.map { "\($0.rawValue)" }), startsFrom.sqlValue, startsBefore.sqlValue,
         withFreePlaces.sqlValue, order.rawValue.sqlValue]
    }

    static func joined(_ texts: [String]) -> SQLValue {
        .text(texts.sorted().map { "\($0.utf8.count):\($0)" }.joined())
    }
}

/// A cohort's events of a programme in a status.
struct EventCount: Hashable, Sendable {
    var programme: String
    var status: EventStatus
    var events: Int64
    // Sums over these events.
    var capacity: Int64
    var booked: Int64
    var waiting: Int64
}

/// What is asked of the events.
extension TrainingEventsStore {
    func event(_ id: UUIDv7) async throws -> TrainingEvent? {
        try await store.read { reader in try EventTable.find(id, reader) }
    }

    /// Those that exist, in the order asked for.
    func events(_ ids: [UUIDv7]) async throws -> [TrainingEvent] {
        guard !ids.isEmpty else { return [] }
        return try await store.read { reader in
            let found = try EventTable.find(ids, reader)
            return ids.compactMap { found[$0] }
        }
    }

    /// By programme, then status.
    func eventCounts(of cohort: String) async throws -> [EventCount] {
        try await store.read { reader in
            try reader.rows("""
                SELECT programme, status, COUNT(*), CAST(SUM(capacity) AS BIGINT), CAST(SUM(booked) AS BIGINT),
                       CAST(SUM(waiting) AS BIGINT)
                FROM events
                WHERE cohort_id = \(cohort) GROUP BY programme, status ORDER BY programme, status
                """).map { row in
                    guard let status = EventStatus(rawValue: try row.number(1)) else {
                        throw row.unreadable(1, "status")
                    }
                    return EventCount(programme: try row.text(0), status: status, events: try row.int(2),
                                      capacity: try row.int(3), booked: try row.int(4), waiting: try row.int(5))
                }
        }
    }

    func events(_ filter: EventFilter, pageSize: Int, token: String) async throws -> Page<TrainingEvent> {
        let sort = Self.sort(filter.order)
        let after = try PageToken.keys(token, count: sort.columns.count, filters: filter.values)
        return try await store.read { reader in
            var conditions = Self.conditions(filter)
            if let after {
                let columns = sort.columns.joined(separator: ", ")
                conditions.append("(\(raw: columns)) \(raw: sort.isDescending ? "<" : ">") \(list: after)")
            }
            let direction = sort.isDescending ? " DESC" : ""
            let order = sort.columns.map { $0 + direction }.joined(separator: ", ")
            let rows = try reader.rows("""
                SELECT \(raw: EventTable.columns), starts_at, title_key FROM events
                WHERE \(conditions.joined(separator: " AND ")) ORDER BY \(raw: order) LIMIT \(pageSize + 1)
                """)
            let parts = try EventTable.parts(of: try rows.map { try $0.identifier(0) }, reader)
            return try Page(rows, size: pageSize, filters: filter.values) { row in
                try EventTable.read(row, parts: parts[try row.identifier(0)] ?? [])
            } keys: { row in
                try sort.columns.map { try row.value($0) }
            }
        }
    }

    private static func sort(_ order: EventOrder) -> (columns: [String], isDescending: Bool) {
        switch order {
        case .starts: (["starts_at", "id"], false)
        case .title: (["title_key", "id"], false)
        case .newest: (["id"], true)
        }
    }

    private static func conditions(_ filter: EventFilter) -> [SQL] {
        var conditions: [SQL] = ["1 = 1"]
        for word in EventRules.words(filter.query) {
            // Words are letters and digits only, so that none is a wildcard.
            conditions.append("search_text LIKE \("% " + word + "%")")
        }
        for (column, values) in [("cohort_id", filter.cohorts), ("programme", filter.programmes),
                                 ("partner_id", filter.partners)] where !values.isEmpty {
            conditions.append("\(raw: column) IN \(SQL.padded(values.map(\.sqlValue)))")
        }
        if !filter.statuses.isEmpty {
            conditions.append("status IN \(SQL.padded(filter.statuses.map(\.rawValue.sqlValue)))")
        }
        if let from = filter.startsFrom { conditions.append("starts_at >= \(from)") }
        if let before = filter.startsBefore { conditions.append("starts_at < \(before)") }
        if filter.withFreePlaces {
            conditions.append("status = 1 AND capacity > booked + offered + reserved + blocked")
        }
        return conditions
    }
}
