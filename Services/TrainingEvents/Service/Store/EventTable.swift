import Storage
import Values

/// The columns of `events` and `event_parts`, in one place and one order.
enum EventTable {
    static let columns = """
        id, programme, module, cohort_id, partner_id, title, venue_name, venue_postcode, venue_school_urn, \
        venue_online, capacity, minimum, reserved, blocked, status, booked, offered, waiting, releases, version, \
        revision
        """

    static func read(_ row: Row, parts: [EventPart]) throws(StoreError) -> TrainingEvent {
        guard let status = EventStatus(rawValue: try row.number(14)) else { throw row.unreadable(14, "status") }
        let subject = EventSubject(programme: try row.text(1), module: try row.text(2), cohortID: try row.text(3),
                                   partnerID: try row.optionalText(4))
        let venue = Venue(name: try row.text(6), postcode: try row.optionalText(7).flatMap { Postcode($0) },
                          school: try row.optionalURN(8), isOnline: try row.bool(9))
        let plan = EventPlan(title: try row.text(5), venue: venue, parts: parts, capacity: try row.number(10),
                             minimum: try row.number(11), reserved: try row.number(12), blocked: try row.number(13))
        return TrainingEvent(
            id: try row.identifier(0), subject: subject, plan: plan, status: status, booked: try row.number(15),
            offered: try row.number(16), waiting: try row.number(17), releases: try row.int(18),
            version: try row.int(19), revision: try row.int(20))
    }

    static func find(_ id: UUIDv7, _ reader: any Reader) throws(StoreError) -> TrainingEvent? {
        guard let row = try reader.row("SELECT \(raw: columns) FROM events WHERE id = \(id)") else { return nil }
        return try read(row, parts: try parts(of: [id], reader)[id] ?? [])
    }

    /// Those that exist, by their ids.
    static func find(_ ids: [UUIDv7], _ reader: any Reader) throws(StoreError) -> [UUIDv7: TrainingEvent] {
        let parts = try parts(of: ids, reader)
        var found: [UUIDv7: TrainingEvent] = [:]
        for row in try reader.rows("""
            SELECT \(raw: columns) FROM events WHERE id IN \(SQL.padded(ids.map(\.sqlValue)))
            """) {
            let id = try row.identifier(0)
            found[id] = try read(row, parts: parts[id] ?? [])
        }
        return found
    }

    /// The parts of each event, in order of time.
    static func parts(of ids: [UUIDv7], _ reader: any Reader) throws(StoreError) -> [UUIDv7: [EventPart]] {
        var parts: [UUIDv7: [EventPart]] = [:]
        for row in try reader.rows("""
            SELECT event_id, number, title, starts_at, ends_at FROM event_parts
            WHERE event_id IN \(SQL.padded(ids.map(\.sqlValue))) ORDER BY event_id, number
            """) {
            let part = EventPart(number: try row.number(1), title: try row.text(2), startsAt: try row.instant(3),
                                 endsAt: try row.instant(4))
            parts[try row.identifier(0), default: []].append(part)
        }
        return parts
    }

    static func insert(_ event: TrainingEvent, _ writer: any Writer) throws(StoreError) {
        let plan = event.plan
        let values: [SQLValue] = [
            event.id.sqlValue, .text(event.subject.programme), .text(event.subject.module),
            .text(event.subject.cohortID), event.subject.partnerID.sqlValue, .text(plan.title),
            .text(plan.venue.name), (plan.venue.postcode?.text).sqlValue, plan.venue.school.sqlValue,
            plan.venue.isOnline.sqlValue, plan.capacity.sqlValue, plan.minimum.sqlValue, plan.reserved.sqlValue,
            plan.blocked.sqlValue, event.status.rawValue.sqlValue, event.booked.sqlValue, event.offered.sqlValue,
            event.waiting.sqlValue, event.releases.sqlValue, event.version.sqlValue, event.revision.sqlValue,
            plan.startsAt.sqlValue, plan.endsAt.sqlValue, .text(EventRules.titleKey(plan.title)),
            .text(searchText(plan.title)),
        ]
        try writer.execute("""
            INSERT INTO events (\(raw: columns), starts_at, ends_at, title_key, search_text) VALUES \(list: values)
            """)
        try insertParts(event, writer)
    }

    /// Writes what an edit changes, beside the counts of places.
    static func update(_ event: TrainingEvent, _ writer: any Writer) throws(StoreError) {
        let plan = event.plan
        try writer.execute("""
            UPDATE events SET title = \(plan.title), title_key = \(EventRules.titleKey(plan.title)),
                search_text = \(searchText(plan.title)), venue_name = \(plan.venue.name),
                venue_postcode = \((plan.venue.postcode?.text).sqlValue),
                venue_school_urn = \(plan.venue.school.sqlValue),
                venue_online = \(plan.venue.isOnline), starts_at = \(plan.startsAt), ends_at = \(plan.endsAt),
                minimum = \(plan.minimum)
            WHERE id = \(event.id)
            """)
        try writer.execute("DELETE FROM event_parts WHERE event_id = \(event.id)")
        try insertParts(event, writer)
    }

    /// Writes the counts, the status and the versions. The table refuses them if the event were oversold.
    /// - Parameter event: as it was read, with what has changed; its `revision` is still the one read.
    static func updatePlaces(_ event: TrainingEvent, _ writer: any Writer) throws(StoreError) {
        let changed = try writer.execute("""
            UPDATE events SET capacity = \(event.plan.capacity), reserved = \(event.plan.reserved),
                blocked = \(event.plan.blocked), status = \(event.status.rawValue), booked = \(event.booked),
                offered = \(event.offered), waiting = \(event.waiting), releases = \(event.releases),
                version = \(event.version), revision = \(event.revision + 1)
            WHERE id = \(event.id) AND revision = \(event.revision)
            """)
        // On an engine with several writers another may come between.
        guard changed == 1 else {
            throw StoreError(.busy, "The places of the event changed at the same moment. Try again.")
        }
    }

    private static func insertParts(_ event: TrainingEvent, _ writer: any Writer) throws(StoreError) {
        for part in event.plan.parts {
            try writer.execute("""
                INSERT INTO event_parts (event_id, number, title, starts_at, ends_at)
                VALUES (\(event.id), \(part.number), \(part.title), \(part.startsAt), \(part.endsAt))
                """)
        }
    }

    private static func searchText(_ title: String) -> String {
        " " + EventRules.words(title).joined(separator: " ")
    }
}
