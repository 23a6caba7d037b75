import Storage

/// The tables, step by step. Append-only: a released step is never edited.
enum Migrations {
    static let all = [diagnostics, lists]

    private static let diagnostics = Migration(name: "001_diagnostics", sql: [
        // Which version of each application was applied last, whatever came of it.
        """
        CREATE TABLE followed_applications (
            application_id TEXT NOT NULL PRIMARY KEY,
            version BIGINT NOT NULL
        )
        """,
        """
        CREATE TABLE diagnostics (
            id TEXT NOT NULL PRIMARY KEY,
            application_id TEXT NOT NULL,
            candidate_id TEXT NOT NULL,
            programme TEXT NOT NULL,
            cohort_id TEXT NOT NULL,
            school_urn BIGINT,
            instrument TEXT NOT NULL,
            instrument_version BIGINT NOT NULL,
            items BIGINT NOT NULL CHECK (items > 0),
            status BIGINT NOT NULL CHECK (status BETWEEN 1 AND 4),
            answered BIGINT NOT NULL CHECK (answered BETWEEN 0 AND items),
            assigned_at BIGINT NOT NULL,
            started_at BIGINT,
            submitted_at BIGINT,
            updated_at BIGINT NOT NULL,
            version BIGINT NOT NULL,
            CONSTRAINT submitted_whole CHECK (status <> 3 OR (answered = items AND submitted_at IS NOT NULL))
        )
        """,
        // Exactly one an application, whatever the code does.
        "CREATE UNIQUE INDEX diagnostics_by_application ON diagnostics (application_id)",
        """
        CREATE TABLE answers (
            diagnostic_id TEXT NOT NULL REFERENCES diagnostics (id),
            item_id TEXT NOT NULL,
            value BIGINT CHECK (value >= 1),
            answered_at BIGINT NOT NULL,
            PRIMARY KEY (diagnostic_id, item_id)
        )
        """,
    ])

    /// Each index has the other filters at its end, so that a list that is narrowed twice is sifted in the index.
    private static let lists = Migration(name: "002_lists", sql: [
        "CREATE INDEX diagnostics_by_candidate ON diagnostics (candidate_id)",
        "CREATE INDEX diagnostics_by_cohort ON diagnostics (cohort_id, id, programme, status)",
        "CREATE INDEX diagnostics_by_programme ON diagnostics (programme, id, status)",
        "CREATE INDEX diagnostics_by_status ON diagnostics (status, id)",
        "CREATE INDEX diagnostics_by_update ON diagnostics (updated_at, id)",
        "CREATE INDEX diagnostics_by_cohort_update ON diagnostics (cohort_id, updated_at, id, programme, status)",
        "CREATE INDEX diagnostics_by_programme_update ON diagnostics (programme, updated_at, id, status)",
        "CREATE INDEX diagnostics_by_status_update ON diagnostics (status, updated_at, id)",
        "CREATE INDEX diagnostics_counted ON diagnostics (cohort_id, programme, status)",
    ])
}
