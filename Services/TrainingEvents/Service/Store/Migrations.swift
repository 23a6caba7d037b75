import Storage

/// The tables, step by step. Append-only: a released step is never edited.
enum Migrations {
    static let all = [events, places, register, participantLists, lists]

    private static let events = Migration(name: "001_events", sql: [
        """
        CREATE TABLE events (
            id TEXT NOT NULL PRIMARY KEY,
            programme TEXT NOT NULL,
            module TEXT NOT NULL,
            cohort_id TEXT NOT NULL,
            partner_id TEXT,
            title TEXT NOT NULL,
            venue_name TEXT NOT NULL, venue_postcode TEXT, venue_school_urn BIGINT,
            venue_online BIGINT NOT NULL CHECK (venue_online IN (0, 1)),
            starts_at BIGINT NOT NULL,
            ends_at BIGINT NOT NULL,
            capacity BIGINT NOT NULL,
            minimum BIGINT NOT NULL,
            reserved BIGINT NOT NULL CHECK (reserved >= 0),
            blocked BIGINT NOT NULL CHECK (blocked >= 0),
            status BIGINT NOT NULL CHECK (status BETWEEN 1 AND 3),
            booked BIGINT NOT NULL CHECK (booked >= 0),
            offered BIGINT NOT NULL CHECK (offered >= 0),
            waiting BIGINT NOT NULL CHECK (waiting >= 0),
            releases BIGINT NOT NULL,
            version BIGINT NOT NULL,
            revision BIGINT NOT NULL,
            title_key TEXT NOT NULL,
            search_text TEXT NOT NULL,
            CHECK (starts_at < ends_at),
            CONSTRAINT never_oversold CHECK (booked + offered + reserved + blocked <= capacity)
        )
        """,
        "CREATE INDEX events_by_start ON events (starts_at, id)",
        "CREATE INDEX events_by_title ON events (title_key, id)",
        "CREATE INDEX events_by_cohort ON events (cohort_id, starts_at, id)",
        "CREATE INDEX events_by_partner ON events (partner_id, starts_at, id)",
        // What the sweep looks for: few are scheduled, most are over.
        "CREATE INDEX events_scheduled ON events (ends_at) WHERE status = 1",
        "CREATE INDEX events_waited_for ON events (starts_at) WHERE waiting > 0",
        """
        CREATE TABLE event_parts (
            event_id TEXT NOT NULL REFERENCES events (id),
            number BIGINT NOT NULL,
            title TEXT NOT NULL,
            starts_at BIGINT NOT NULL,
            ends_at BIGINT NOT NULL,
            PRIMARY KEY (event_id, number)
        )
        """,
    ])

    private static let places = Migration(name: "002_places", sql: [
        """
        CREATE TABLE participants (
            application_id TEXT NOT NULL PRIMARY KEY,
            candidate_id TEXT NOT NULL,
            programme TEXT NOT NULL,
            cohort_id TEXT NOT NULL,
            school_urn BIGINT,
            state BIGINT NOT NULL CHECK (state BETWEEN 1 AND 3),
            version BIGINT NOT NULL
        )
        """,
        """
        CREATE TABLE bookings (
            id TEXT NOT NULL PRIMARY KEY,
            event_id TEXT NOT NULL REFERENCES events (id),
            candidate_id TEXT NOT NULL,
            application_id TEXT NOT NULL REFERENCES participants (application_id),
            status BIGINT NOT NULL CHECK (status BETWEEN 1 AND 4),
            status_reason TEXT NOT NULL,
            offer_id TEXT,
            booked_at BIGINT NOT NULL,
            ended_at BIGINT,
            version BIGINT NOT NULL
        )
        """,
        // Nobody has two places at one event, whatever the code does.
        "CREATE UNIQUE INDEX bookings_one_place ON bookings (event_id, candidate_id) WHERE status = 1",
        "CREATE INDEX bookings_by_event ON bookings (event_id, id)",
        "CREATE INDEX bookings_by_candidate ON bookings (candidate_id, id)",
        "CREATE INDEX bookings_by_application ON bookings (application_id, id)",
        "CREATE INDEX bookings_by_status ON bookings (status, id)",
        """
        CREATE TABLE waiting_entries (
            id TEXT NOT NULL PRIMARY KEY,
            event_id TEXT NOT NULL REFERENCES events (id),
            candidate_id TEXT NOT NULL,
            application_id TEXT NOT NULL REFERENCES participants (application_id),
            priority BIGINT NOT NULL CHECK (priority BETWEEN 1 AND 4),
            status BIGINT NOT NULL CHECK (status BETWEEN 1 AND 7),
            joined_at BIGINT NOT NULL,
            offer_expires_at BIGINT,
            books_without_asking BIGINT NOT NULL CHECK (books_without_asking IN (0, 1)),
            passed_at_release BIGINT NOT NULL,
            version BIGINT NOT NULL,
            CHECK (status <> 2 OR offer_expires_at IS NOT NULL)
        )
        """,
        """
        CREATE UNIQUE INDEX waiting_entries_one_open ON waiting_entries (event_id, candidate_id)
        WHERE status IN (1, 2)
        """,
        "CREATE INDEX waiting_entries_in_order ON waiting_entries (event_id, priority, joined_at, id)",
        "CREATE INDEX waiting_entries_by_candidate ON waiting_entries (candidate_id, id)",
        "CREATE INDEX waiting_entries_by_application ON waiting_entries (application_id, id)",
        "CREATE INDEX waiting_entries_open_offers ON waiting_entries (offer_expires_at) WHERE status = 2",
        """
        CREATE TABLE promotion_decisions (
            id TEXT NOT NULL PRIMARY KEY,
            event_id TEXT NOT NULL REFERENCES events (id),
            at BIGINT NOT NULL,
            entry_id TEXT NOT NULL REFERENCES waiting_entries (id),
            outcome TEXT NOT NULL,
            reason TEXT NOT NULL
        )
        """,
        "CREATE INDEX promotion_decisions_by_event ON promotion_decisions (event_id, id)",
    ] + SQL.appendOnly(table: "promotion_decisions"))

    private static let register = Migration(name: "003_register", sql: [
        """
        CREATE TABLE attendance (
            id TEXT NOT NULL PRIMARY KEY,
            event_id TEXT NOT NULL REFERENCES events (id),
            number BIGINT NOT NULL,
            part_number BIGINT NOT NULL,
            candidate_id TEXT NOT NULL,
            kind BIGINT NOT NULL CHECK (kind BETWEEN 1 AND 6),
            minutes_missed BIGINT NOT NULL CHECK (minutes_missed >= 0),
            note TEXT NOT NULL,
            recorded_at BIGINT NOT NULL,
            recorded_by TEXT NOT NULL,
            reason TEXT NOT NULL
        )
        """,
        // Lines of one event are counted from 1: of one part and candidate the one with the highest number counts.
        "CREATE UNIQUE INDEX attendance_in_order ON attendance (event_id, number)",
        "CREATE INDEX attendance_by_candidate ON attendance (candidate_id, event_id, part_number, number)",
    ] + SQL.appendOnly(table: "attendance"))

    // One filter leads; programme and state are looked at within its index.
    private static let participantLists = Migration(name: "004_participant_lists", sql: [
        "CREATE INDEX participants_by_candidate ON participants (candidate_id, application_id)",
        "CREATE INDEX participants_by_cohort ON participants (cohort_id, application_id, programme, state)",
        "CREATE INDEX participants_by_programme ON participants (programme, application_id, state)",
        // Few: most may book.
        "CREATE INDEX participants_held_back ON participants (application_id, state) WHERE state > 1",
    ])

    private static let lists = Migration(name: "005_lists", sql: [
        // Most bookings stand: an index of their status finds few of them only, and was taken where a better one is.
        "DROP INDEX bookings_by_status",
        "CREATE INDEX bookings_ended ON bookings (status, id) WHERE status > 1",
    ])
}
