import Storage

/// The tables, step by step. Append-only: a released step is never edited.
enum Migrations {
    static let all = [register, imports, partners, counts]

    private static let register = Migration(name: "001_register", sql: [
        """
        CREATE TABLE schools (
            urn BIGINT NOT NULL PRIMARY KEY,
            name TEXT NOT NULL,
            name_key TEXT NOT NULL,
            status BIGINT NOT NULL CHECK (status BETWEEN 1 AND 4),
            type_code TEXT NOT NULL, type_name TEXT NOT NULL,
            type_group_code TEXT NOT NULL, type_group_name TEXT NOT NULL,
            phase_code TEXT NOT NULL, phase_name TEXT NOT NULL,
            la_code TEXT NOT NULL, la_name TEXT NOT NULL,
            establishment_number TEXT NOT NULL,
            ukprn BIGINT,
            street TEXT NOT NULL, locality TEXT NOT NULL, address3 TEXT NOT NULL, town TEXT NOT NULL,
            county TEXT NOT NULL, postcode TEXT,
            easting BIGINT, northing BIGINT,
            district_code TEXT NOT NULL, district_name TEXT NOT NULL,
            region_code TEXT NOT NULL, region_name TEXT NOT NULL,
            opened_on TEXT, closed_on TEXT,
            low_age BIGINT, high_age BIGINT, pupils BIGINT, meals_permille BIGINT,
            website TEXT NOT NULL, telephone TEXT NOT NULL, head_name TEXT NOT NULL, head_job_title TEXT NOT NULL,
            trust_uid BIGINT,
            last_changed_on TEXT,
            digest BIGINT NOT NULL,
            version BIGINT NOT NULL
        )
        """,
        """
        CREATE TABLE school_groups (
            uid BIGINT NOT NULL PRIMARY KEY,
            group_id TEXT NOT NULL,
            name TEXT NOT NULL,
            name_key TEXT NOT NULL,
            type_code TEXT NOT NULL, type_name TEXT NOT NULL,
            is_open BIGINT NOT NULL CHECK (is_open IN (0, 1)),
            opened_on TEXT, closed_on TEXT,
            companies_house_number TEXT NOT NULL,
            ukprn BIGINT,
            street TEXT NOT NULL, locality TEXT NOT NULL, address3 TEXT NOT NULL, town TEXT NOT NULL,
            county TEXT NOT NULL, postcode TEXT,
            version BIGINT NOT NULL
        )
        """,
        """
        CREATE TABLE group_memberships (
            urn BIGINT NOT NULL REFERENCES schools (urn),
            group_uid BIGINT NOT NULL REFERENCES school_groups (uid),
            joined_on TEXT,
            is_ended BIGINT NOT NULL CHECK (is_ended IN (0, 1)),
            ended_on TEXT,
            PRIMARY KEY (urn, group_uid)
        )
        """,
        "CREATE INDEX group_memberships_by_group ON group_memberships (group_uid)",
        """
        CREATE TABLE school_links (
            urn BIGINT NOT NULL REFERENCES schools (urn),
            other_urn BIGINT NOT NULL,
            link_type TEXT NOT NULL,
            established_on TEXT,
            PRIMARY KEY (urn, other_urn)
        )
        """,
        // One row. Grows when a file has changed what searches look at.
        "CREATE TABLE register_generation (only_row BIGINT NOT NULL PRIMARY KEY, generation BIGINT NOT NULL)",
        "INSERT INTO register_generation (only_row, generation) VALUES (1, 0)",
    ])

    private static let imports = Migration(name: "002_gias_imports", sql: [
        """
        CREATE TABLE gias_imports (
            id TEXT NOT NULL PRIMARY KEY,
            state BIGINT NOT NULL CHECK (state BETWEEN 1 AND 6),
            failure TEXT NOT NULL,
            cancel_requested BIGINT NOT NULL CHECK (cancel_requested IN (0, 1)),
            created_at BIGINT NOT NULL,
            started_at BIGINT,
            ended_at BIGINT,
            version BIGINT NOT NULL,
            runner TEXT NOT NULL,
            runner_until BIGINT NOT NULL,
            running_slot BIGINT UNIQUE,
            issues_found BIGINT NOT NULL,
            issues_kept BIGINT NOT NULL,
            actor_id TEXT NOT NULL,
            actor_kind TEXT NOT NULL,
            request_id TEXT NOT NULL
        )
        """,
        "CREATE INDEX gias_imports_by_state ON gias_imports (state, id)",
        """
        CREATE TABLE gias_import_files (
            import_id TEXT NOT NULL REFERENCES gias_imports (id),
            kind BIGINT NOT NULL CHECK (kind BETWEEN 1 AND 4),
            name TEXT NOT NULL,
            upload_id TEXT NOT NULL UNIQUE,
            bytes_total BIGINT NOT NULL,
            bytes_read BIGINT NOT NULL,
            is_done BIGINT NOT NULL CHECK (is_done IN (0, 1)),
            rows_read BIGINT NOT NULL,
            inserted BIGINT NOT NULL,
            updated BIGINT NOT NULL,
            unchanged BIGINT NOT NULL,
            ignored BIGINT NOT NULL,
            rejected BIGINT NOT NULL,
            warned BIGINT NOT NULL,
            PRIMARY KEY (import_id, kind)
        )
        """,
        """
        CREATE TABLE gias_import_chunks (
            upload_id TEXT NOT NULL,
            number BIGINT NOT NULL,
            bytes \(.bytes) NOT NULL,
            PRIMARY KEY (upload_id, number)
        )
        """,
        """
        CREATE TABLE gias_import_issues (
            import_id TEXT NOT NULL REFERENCES gias_imports (id),
            number BIGINT NOT NULL,
            kind BIGINT NOT NULL,
            line BIGINT NOT NULL,
            record BIGINT NOT NULL,
            severity BIGINT NOT NULL,
            row_key TEXT NOT NULL,
            column_name TEXT NOT NULL,
            code TEXT NOT NULL,
            message TEXT NOT NULL,
            PRIMARY KEY (import_id, number)
        )
        """,
    ])

    private static let partners = Migration(name: "003_partners", sql: [
        """
        CREATE TABLE partners (
            id TEXT NOT NULL PRIMARY KEY,
            name TEXT NOT NULL,
            name_key TEXT NOT NULL,
            search_text TEXT NOT NULL,
            kind BIGINT NOT NULL CHECK (kind BETWEEN 1 AND 4),
            status BIGINT NOT NULL CHECK (status BETWEEN 1 AND 3),
            group_uid BIGINT REFERENCES school_groups (uid),
            lead_school_urn BIGINT REFERENCES schools (urn),
            contact_name TEXT NOT NULL,
            contact_email TEXT NOT NULL,
            agreement_from TEXT,
            agreement_to TEXT,
            notes TEXT NOT NULL,
            created_at BIGINT NOT NULL,
            updated_at BIGINT NOT NULL,
            version BIGINT NOT NULL
        )
        """,
        // Two partners that have not ended never have one name.
        "CREATE UNIQUE INDEX partners_by_live_name ON partners (name_key) WHERE status <> 3",
        "CREATE INDEX partners_by_name ON partners (name_key, id)",
        """
        CREATE TABLE partner_members (
            id TEXT NOT NULL PRIMARY KEY,
            partner_id TEXT NOT NULL REFERENCES partners (id),
            urn BIGINT NOT NULL REFERENCES schools (urn),
            from_day TEXT NOT NULL,
            to_day TEXT,
            version BIGINT NOT NULL,
            CHECK (to_day IS NULL OR to_day >= from_day)
        )
        """,
        "CREATE INDEX partner_members_by_partner ON partner_members (partner_id, from_day)",
        "CREATE INDEX partner_members_by_school ON partner_members (urn, from_day)",
    ])

    /// What the other services told, as far as it is counted, and the counts. A school or partner that was told need not
    /// be held here.
    private static let counts = Migration(name: "004_counts", sql: [
        """
        CREATE TABLE counted_candidates (
            id TEXT NOT NULL PRIMARY KEY,
            urn BIGINT,
            has_applied BIGINT NOT NULL CHECK (has_applied IN (0, 1)),
            version BIGINT NOT NULL
        )
        """,
        """
        CREATE TABLE counted_applications (
            id TEXT NOT NULL PRIMARY KEY,
            candidate_id TEXT NOT NULL,
            urn BIGINT,
            partner_id TEXT,
            is_participant BIGINT NOT NULL CHECK (is_participant IN (0, 1)),
            version BIGINT NOT NULL
        )
        """,
        """
        CREATE TABLE counted_bookings (
            id TEXT NOT NULL PRIMARY KEY,
            urn BIGINT,
            is_place BIGINT NOT NULL CHECK (is_place IN (0, 1)),
            version BIGINT NOT NULL
        )
        """,
        """
        CREATE TABLE counted_events (
            id TEXT NOT NULL PRIMARY KEY,
            urn BIGINT,
            partner_id TEXT,
            is_cancelled BIGINT NOT NULL CHECK (is_cancelled IN (0, 1)),
            version BIGINT NOT NULL
        )
        """,
        """
        CREATE TABLE school_counts (
            urn BIGINT NOT NULL PRIMARY KEY,
            candidates BIGINT NOT NULL CHECK (candidates >= 0),
            participants BIGINT NOT NULL CHECK (participants >= 0),
            places BIGINT NOT NULL CHECK (places >= 0),
            events BIGINT NOT NULL CHECK (events >= 0)
        )
        """,
        """
        CREATE TABLE partner_counts (
            partner_id TEXT NOT NULL PRIMARY KEY,
            applications BIGINT NOT NULL CHECK (applications >= 0),
            participants BIGINT NOT NULL CHECK (participants >= 0),
            events BIGINT NOT NULL CHECK (events >= 0)
        )
        """,
    ])
}
