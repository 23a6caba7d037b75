import Storage
import Values

/// The rows of what is counted, and of the counts.
enum CountedTable {
    // MARK: Records of other services

    static func candidate(_ id: String, _ reader: any Reader) throws(StoreError) -> CountedCandidate? {
        guard let row = try reader.row("SELECT urn, has_applied, version FROM counted_candidates WHERE id = \(id)") else {
            return nil
        }
        return CountedCandidate(id: id, school: try row.optionalURN(0), hasApplied: try row.bool(1),
                                version: try row.int(2))
    }

    static func write(_ candidate: CountedCandidate, _ writer: any Writer) throws(StoreError) {
        try writer.execute("""
            INSERT INTO counted_candidates (id, urn, has_applied, version)
            VALUES (\(candidate.id), \(candidate.school.sqlValue), \(candidate.hasApplied), \(candidate.version))
            ON CONFLICT (id) DO UPDATE SET urn = excluded.urn, has_applied = excluded.has_applied,
                                           version = excluded.version
            """)
    }

    static func application(_ id: String, _ reader: any Reader) throws(StoreError) -> CountedApplication? {
        guard let row = try reader.row("""
            SELECT candidate_id, urn, partner_id, is_participant, version FROM counted_applications WHERE id = \(id)
            """) else { return nil }
        return CountedApplication(
            id: id, candidateID: try row.text(0), school: try row.optionalURN(1), partner: try partner(row, 2),
            isParticipant: try row.bool(3), version: try row.int(4))
    }

    static func write(_ application: CountedApplication, _ writer: any Writer) throws(StoreError) {
        try writer.execute("""
            INSERT INTO counted_applications (id, candidate_id, urn, partner_id, is_participant, version)
            VALUES (\(application.id), \(application.candidateID), \(application.school.sqlValue),
                    \(application.partner.sqlValue), \(application.isParticipant), \(application.version))
            ON CONFLICT (id) DO UPDATE SET urn = excluded.urn, partner_id = excluded.partner_id,
                                           is_participant = excluded.is_participant, version = excluded.version
            """)
    }

    static func booking(_ id: String, _ reader: any Reader) throws(StoreError) -> CountedBooking? {
        guard let row = try reader.row("SELECT urn, is_place, version FROM counted_bookings WHERE id = \(id)") else {
            return nil
        }
        return CountedBooking(id: id, school: try row.optionalURN(0), isPlace: try row.bool(1), version: try row.int(2))
    }

    static func write(_ booking: CountedBooking, _ writer: any Writer) throws(StoreError) {
        try writer.execute("""
            INSERT INTO counted_bookings (id, urn, is_place, version)
            VALUES (\(booking.id), \(booking.school.sqlValue), \(booking.isPlace), \(booking.version))
            ON CONFLICT (id) DO UPDATE SET urn = excluded.urn, is_place = excluded.is_place, version = excluded.version
            """)
    }

    static func event(_ id: String, _ reader: any Reader) throws(StoreError) -> CountedEvent? {
        guard let row = try reader.row("""
            SELECT urn, partner_id, is_cancelled, version FROM counted_events WHERE id = \(id)
            """) else { return nil }
        return CountedEvent(id: id, venue: try row.optionalURN(0), partner: try partner(row, 1),
                            isCancelled: try row.bool(2), version: try row.int(3))
    }

    static func write(_ event: CountedEvent, _ writer: any Writer) throws(StoreError) {
        try writer.execute("""
            INSERT INTO counted_events (id, urn, partner_id, is_cancelled, version)
            VALUES (\(event.id), \(event.venue.sqlValue), \(event.partner.sqlValue), \(event.isCancelled),
                    \(event.version))
            ON CONFLICT (id) DO UPDATE SET urn = excluded.urn, partner_id = excluded.partner_id,
                                           is_cancelled = excluded.is_cancelled, version = excluded.version
            """)
    }

    private static func partner(_ row: Row, _ column: Int) throws(StoreError) -> UUIDv7? {
        try row.optionalText(column) == nil ? nil : row.identifier(column)
    }

    // MARK: Counts

    /// A row of counts is only ever taken from after it was added to, so that what is inserted is never negative.
    static func add(_ tally: SchoolTally, to urn: URN, _ writer: any Writer) throws(StoreError) {
        let changed = try writer.execute("""
            UPDATE school_counts SET candidates = candidates + \(tally.candidates),
                participants = participants + \(tally.participants), places = places + \(tally.places),
                events = events + \(tally.events)
            WHERE urn = \(urn)
            """)
        guard changed == 0 else { return }
        try writer.execute("""
            INSERT INTO school_counts (urn, candidates, participants, places, events)
            VALUES (\(urn), \(tally.candidates), \(tally.participants), \(tally.places), \(tally.events))
            """)
    }

    static func add(_ tally: PartnerTally, to id: UUIDv7, _ writer: any Writer) throws(StoreError) {
        let changed = try writer.execute("""
            UPDATE partner_counts SET applications = applications + \(tally.applications),
                participants = participants + \(tally.participants), events = events + \(tally.events)
            WHERE partner_id = \(id)
            """)
        guard changed == 0 else { return }
        try writer.execute("""
            INSERT INTO partner_counts (partner_id, applications, participants, events)
            VALUES (\(id), \(tally.applications), \(tally.participants), \(tally.events))
            """)
    }

    static func own(of id: UUIDv7, _ reader: any Reader) throws(StoreError) -> PartnerTally {
        guard let row = try reader.row("""
            SELECT applications, participants, events FROM partner_counts WHERE partner_id = \(id)
            """) else { return PartnerTally() }
        return PartnerTally(applications: try row.int(0), participants: try row.int(1), events: try row.int(2))
    }
}
