import Storage
import Values

/// The columns of `bookings`, in one place and one order.
enum BookingTable {
    static let columns = """
        id, event_id, candidate_id, application_id, status, status_reason, offer_id, booked_at, ended_at, version
        """

    static func read(_ row: Row) throws(StoreError) -> Booking {
        guard let status = BookingStatus(rawValue: try row.number(4)) else { throw row.unreadable(4, "status") }
        return Booking(
            id: try row.identifier(0), eventID: try row.identifier(1), candidateID: try row.text(2),
            applicationID: try row.text(3), status: status, statusReason: try row.text(5),
            offerID: try row.optionalText(6).flatMap { UUIDv7($0) }, bookedAt: try row.instant(7),
            endedAt: try row.optionalInstant(8), version: try row.int(9))
    }

    static func find(_ id: UUIDv7, _ reader: any Reader) throws(StoreError) -> Booking? {
        guard let row = try reader.row("SELECT \(raw: columns) FROM bookings WHERE id = \(id)") else { return nil }
        return try read(row)
    }

    static func all(_ condition: SQL, _ reader: any Reader) throws(StoreError) -> [Booking] {
        var found: [Booking] = []
        for row in try reader.rows("SELECT \(raw: columns) FROM bookings WHERE \(condition) ORDER BY id") {
            found.append(try read(row))
        }
        return found
    }

    static func insert(_ booking: Booking, _ writer: any Writer) throws(StoreError) {
        let values: [SQLValue] = [
            booking.id.sqlValue, booking.eventID.sqlValue, .text(booking.candidateID), .text(booking.applicationID),
            booking.status.rawValue.sqlValue, .text(booking.statusReason), booking.offerID.sqlValue,
            booking.bookedAt.sqlValue, booking.endedAt.sqlValue, .int(booking.version),
        ]
        try writer.execute("INSERT INTO bookings (\(raw: columns)) VALUES \(list: values)")
    }

    static func update(_ booking: Booking, _ writer: any Writer) throws(StoreError) {
        try writer.execute("""
            UPDATE bookings SET status = \(booking.status.rawValue), status_reason = \(booking.statusReason),
                ended_at = \(booking.endedAt.sqlValue), version = \(booking.version)
            WHERE id = \(booking.id)
            """)
    }
}

/// The columns of `waiting_entries`, in one place and one order.
enum WaitingTable {
    static let columns = """
        id, event_id, candidate_id, application_id, priority, status, joined_at, offer_expires_at, \
        books_without_asking, passed_at_release, version
        """

    static func read(_ row: Row) throws(StoreError) -> WaitingEntry {
        guard let priority = WaitingPriority(rawValue: try row.number(4)),
              let status = WaitingStatus(rawValue: try row.number(5)) else { throw row.unreadable(5, "status") }
        return WaitingEntry(
            id: try row.identifier(0), eventID: try row.identifier(1), candidateID: try row.text(2),
            applicationID: try row.text(3), priority: priority, status: status, joinedAt: try row.instant(6),
            offerExpiresAt: try row.optionalInstant(7), booksWithoutAsking: try row.bool(8),
            passedAtRelease: try row.int(9), version: try row.int(10))
    }

    static func find(_ id: UUIDv7, _ reader: any Reader) throws(StoreError) -> WaitingEntry? {
        guard let row = try reader.row("SELECT \(raw: columns) FROM waiting_entries WHERE id = \(id)") else {
            return nil
        }
        return try read(row)
    }

    /// In the order in which they are served.
    static func all(_ condition: SQL, _ reader: any Reader) throws(StoreError) -> [WaitingEntry] {
        var found: [WaitingEntry] = []
        for row in try reader.rows("""
            SELECT \(raw: columns) FROM waiting_entries WHERE \(condition) ORDER BY event_id, priority, joined_at, id
            """) {
            found.append(try read(row))
        }
        return found
    }

    static func insert(_ entry: WaitingEntry, _ writer: any Writer) throws(StoreError) {
        let values: [SQLValue] = [
            entry.id.sqlValue, entry.eventID.sqlValue, .text(entry.candidateID), .text(entry.applicationID),
            entry.priority.rawValue.sqlValue, entry.status.rawValue.sqlValue, entry.joinedAt.sqlValue,
            entry.offerExpiresAt.sqlValue, entry.booksWithoutAsking.sqlValue, .int(entry.passedAtRelease),
            .int(entry.version),
        ]
        try writer.execute("INSERT INTO waiting_entries (\(raw: columns)) VALUES \(list: values)")
    }

    static func update(_ entry: WaitingEntry, _ writer: any Writer) throws(StoreError) {
        try writer.execute("""
            UPDATE waiting_entries SET status = \(entry.status.rawValue),
                offer_expires_at = \(entry.offerExpiresAt.sqlValue),
                passed_at_release = \(entry.passedAtRelease), version = \(entry.version)
            WHERE id = \(entry.id)
            """)
    }
}

/// The columns of `participants`, in one place and one order.
enum ParticipantTable {
    static let columns = "application_id, candidate_id, programme, cohort_id, school_urn, state, version"

    static func find(_ applicationID: String, _ reader: any Reader) throws(StoreError) -> Participant? {
        try find([applicationID], reader)[applicationID]
    }

    /// By application; up to `WaitingEntry.longestList`.
    static func find(
        _ applicationIDs: [String], _ reader: any Reader
    ) throws(StoreError) -> [String: Participant] {
        var found: [String: Participant] = [:]
        for row in try reader.rows("""
            SELECT \(raw: columns) FROM participants
            WHERE application_id IN \(SQL.padded(applicationIDs.map(\.sqlValue)))
            """) {
            let participant = try read(row)
            found[participant.applicationID] = participant
        }
        return found
    }

    static func read(_ row: Row) throws(StoreError) -> Participant {
        guard let state = ParticipantState(rawValue: try row.number(5)) else { throw row.unreadable(5, "state") }
        return Participant(applicationID: try row.text(0), candidateID: try row.text(1), programme: try row.text(2),
                           cohortID: try row.text(3), school: try row.optionalURN(4), state: state,
                           version: try row.int(6))
    }

    static func write(_ participant: Participant, _ writer: any Writer) throws(StoreError) {
        let values: [SQLValue] = [
            .text(participant.applicationID), .text(participant.candidateID), .text(participant.programme),
            .text(participant.cohortID), participant.school.sqlValue, participant.state.rawValue.sqlValue,
            .int(participant.version),
        ]
        try writer.execute("""
            INSERT INTO participants (\(raw: columns)) VALUES \(list: values)
            ON CONFLICT (application_id) DO UPDATE SET candidate_id = excluded.candidate_id,
                programme = excluded.programme, cohort_id = excluded.cohort_id, school_urn = excluded.school_urn,
                state = excluded.state, version = excluded.version
            """)
    }
}
