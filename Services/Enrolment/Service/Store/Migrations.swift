import Storage

/// The tables, step by step. Append-only: a released step is never edited.
enum Migrations {
    static let all = [cohorts, candidates, applications, imports, lists, dryRuns]

    private static let cohorts = Migration(name: "001_cohorts", sql: [
        """
        CREATE TABLE cohorts (
            id TEXT NOT NULL PRIMARY KEY,
            name TEXT NOT NULL,
            funding_cap BIGINT NOT NULL CHECK (funding_cap BETWEEN 1 AND 3),
            applications_from TEXT NOT NULL,
            applications_to TEXT NOT NULL,
            version BIGINT NOT NULL
        )
        """,
        """
        CREATE TABLE cohort_schedules (
            cohort_id TEXT NOT NULL REFERENCES cohorts (id),
            identifier TEXT NOT NULL,
            course_group BIGINT NOT NULL CHECK (course_group BETWEEN 1 AND 6),
            acceptance_from TEXT NOT NULL,
            acceptance_to TEXT NOT NULL,
            starts_on TEXT NOT NULL,
            ends_on TEXT NOT NULL,
            PRIMARY KEY (cohort_id, identifier)
        )
        """,
    ])

    private static let candidates = Migration(name: "002_candidates", sql: [
        """
        CREATE TABLE candidates (
            id TEXT NOT NULL PRIMARY KEY,
            full_name TEXT NOT NULL,
            name_key TEXT NOT NULL,
            email TEXT,
            trn BIGINT,
            school_urn BIGINT,
            group_uid BIGINT,
            given_key TEXT,
            family_key TEXT,
            birth_date TEXT,
            created_at BIGINT NOT NULL,
            updated_at BIGINT NOT NULL,
            version BIGINT NOT NULL,
            CHECK (school_urn IS NULL OR group_uid IS NULL)
        )
        """,
        "CREATE INDEX candidates_by_name ON candidates (name_key, id)",
        "CREATE INDEX candidates_by_update ON candidates (updated_at, id)",
        "CREATE INDEX candidates_by_trn ON candidates (trn) WHERE trn IS NOT NULL",
        "CREATE INDEX candidates_by_email ON candidates (email) WHERE email IS NOT NULL",
        "CREATE INDEX candidates_by_school ON candidates (school_urn, name_key, id) WHERE school_urn IS NOT NULL",
        "CREATE INDEX candidates_by_group ON candidates (group_uid, name_key, id) WHERE group_uid IS NOT NULL",
        "CREATE INDEX candidates_by_birth ON candidates (birth_date, family_key) WHERE birth_date IS NOT NULL",
        // Which names have a word that begins so.
        """
        CREATE TABLE candidate_words (
            word TEXT NOT NULL,
            candidate_id TEXT NOT NULL REFERENCES candidates (id),
            PRIMARY KEY (word, candidate_id)
        ) \(.keptByKey)
        """,
        "CREATE INDEX candidate_words_by_candidate ON candidate_words (candidate_id, word)",
    ])

    private static let applications = Migration(name: "003_applications", sql: [
        """
        CREATE TABLE applications (
            id TEXT NOT NULL PRIMARY KEY,
            candidate_id TEXT NOT NULL REFERENCES candidates (id),
            programme TEXT NOT NULL,
            programme_version BIGINT NOT NULL,
            cohort_id TEXT NOT NULL REFERENCES cohorts (id),
            approval_status BIGINT NOT NULL CHECK (approval_status BETWEEN 1 AND 3),
            training_status BIGINT NOT NULL CHECK (training_status BETWEEN 0 AND 3),
            schedule TEXT,
            is_eligible BIGINT NOT NULL CHECK (is_eligible IN (0, 1)),
            funded_place BIGINT CHECK (funded_place IN (0, 1)),
            partner_id TEXT,
            school_urn BIGINT,
            group_uid BIGINT,
            status_reason TEXT NOT NULL,
            declared TEXT NOT NULL,
            deferred_on TEXT,
            submitted_at BIGINT NOT NULL,
            accepted_at BIGINT,
            updated_at BIGINT NOT NULL,
            version BIGINT NOT NULL,
            CHECK ((approval_status = 2) = (training_status > 0)),
            CHECK ((approval_status = 2) = (schedule IS NOT NULL))
        )
        """,
        // Nobody has two open applications for one programme and cohort.
        """
        CREATE UNIQUE INDEX applications_open ON applications (candidate_id, programme, cohort_id)
        WHERE approval_status = 1 OR (approval_status = 2 AND training_status <> 3)
        """,
        "CREATE INDEX applications_by_candidate ON applications (candidate_id, submitted_at, id)",
        "CREATE INDEX applications_by_time ON applications (submitted_at, id)",
        "CREATE INDEX applications_by_update ON applications (updated_at, id)",
        "CREATE INDEX applications_by_cohort ON applications (cohort_id, submitted_at, id)",
        "CREATE INDEX applications_by_status ON applications (approval_status, submitted_at, id)",
        "CREATE INDEX applications_by_partner ON applications (partner_id, submitted_at, id) WHERE partner_id IS NOT NULL",
        "CREATE INDEX applications_by_school ON applications (school_urn, submitted_at, id) WHERE school_urn IS NOT NULL",
        "CREATE INDEX applications_counted ON applications (cohort_id, programme, approval_status, training_status)",
        "CREATE INDEX applications_by_schedule ON applications (cohort_id, schedule) WHERE schedule IS NOT NULL",
        // What an imported form held, as it was typed where nothing is said. Shown by no method yet.
        """
        CREATE TABLE application_forms (
            application_id TEXT NOT NULL PRIMARY KEY REFERENCES applications (id),
            reference TEXT NOT NULL UNIQUE,
            digest \(.bytes) NOT NULL,
            title TEXT NOT NULL, previous_last_name TEXT NOT NULL, phone TEXT NOT NULL, trn TEXT NOT NULL,
            employer_type TEXT NOT NULL, employer_urn TEXT NOT NULL, employer_group_uid TEXT NOT NULL,
            employer_name TEXT NOT NULL, role TEXT NOT NULL, funding_choice TEXT NOT NULL,
            sponsor_name TEXT NOT NULL, sponsor_role TEXT NOT NULL, sponsor_email TEXT NOT NULL,
            gender TEXT NOT NULL, ethnicity TEXT NOT NULL, disability TEXT NOT NULL, adjustments TEXT NOT NULL,
            consent TEXT NOT NULL
        )
        """,
    ])

    private static let imports = Migration(name: "004_application_imports", sql: [
        """
        CREATE TABLE application_imports (
            id TEXT NOT NULL PRIMARY KEY,
            state BIGINT NOT NULL CHECK (state BETWEEN 1 AND 6),
            is_dry_run BIGINT NOT NULL CHECK (is_dry_run IN (0, 1)),
            cohort_id TEXT,
            file_name TEXT NOT NULL,
            upload_id TEXT UNIQUE,
            bytes_total BIGINT NOT NULL,
            bytes_read BIGINT NOT NULL,
            rows_read BIGINT NOT NULL,
            created BIGINT NOT NULL,
            matched BIGINT NOT NULL,
            unchanged BIGINT NOT NULL,
            warned BIGINT NOT NULL,
            rejected BIGINT NOT NULL,
            failure TEXT NOT NULL,
            cancel_requested BIGINT NOT NULL CHECK (cancel_requested IN (0, 1)),
            created_at BIGINT NOT NULL,
            ended_at BIGINT,
            version BIGINT NOT NULL,
            runner TEXT NOT NULL,
            runner_until BIGINT NOT NULL,
            running_slot BIGINT UNIQUE,
            actor_id TEXT NOT NULL,
            actor_kind TEXT NOT NULL,
            request_id TEXT NOT NULL
        )
        """,
        "CREATE INDEX application_imports_by_state ON application_imports (state, id)",
        """
        CREATE TABLE application_import_chunks (
            upload_id TEXT NOT NULL,
            number BIGINT NOT NULL,
            bytes \(.bytes) NOT NULL,
            PRIMARY KEY (upload_id, number)
        )
        """,
        """
        CREATE TABLE application_import_rows (
            import_id TEXT NOT NULL REFERENCES application_imports (id),
            line BIGINT NOT NULL,
            outcome BIGINT NOT NULL CHECK (outcome BETWEEN 1 AND 5),
            reference TEXT NOT NULL,
            candidate_id TEXT NOT NULL,
            application_id TEXT NOT NULL,
            issues TEXT NOT NULL,
            PRIMARY KEY (import_id, line)
        ) \(.keptByKey)
        """,
        "CREATE INDEX application_import_rows_by_outcome ON application_import_rows (import_id, outcome, line)",
        // Whom a dry run would have registered, so that its later rows find them. Gone when it ends.
        """
        CREATE TABLE application_import_people (
            import_id TEXT NOT NULL REFERENCES application_imports (id),
            line BIGINT NOT NULL,
            candidate_id TEXT NOT NULL,
            reference TEXT NOT NULL,
            digest \(.bytes) NOT NULL,
            programme TEXT NOT NULL,
            cohort_id TEXT NOT NULL,
            email TEXT,
            trn BIGINT,
            given_key TEXT NOT NULL,
            family_key TEXT NOT NULL,
            birth_date TEXT,
            PRIMARY KEY (import_id, line)
        ) \(.keptByKey)
        """,
        "CREATE INDEX application_import_people_by_trn ON application_import_people (import_id, trn)",
        "CREATE INDEX application_import_people_by_email ON application_import_people (import_id, email)",
        "CREATE INDEX application_import_people_by_birth ON application_import_people (import_id, birth_date, family_key)",
        "CREATE INDEX application_import_people_by_person ON application_import_people (import_id, candidate_id)",
        "CREATE INDEX application_import_people_by_reference ON application_import_people (import_id, reference)",
    ])

    /// The indexes of the orders and of a cohort hold what else applications are asked for by. Most are accepted, so
    /// that only the others are found faster by an index of their status.
    private static let lists = Migration(name: "005_lists", sql: [
        "DROP INDEX applications_by_time",
        "DROP INDEX applications_by_update",
        "DROP INDEX applications_by_cohort",
        "DROP INDEX applications_by_status",
        """
        CREATE INDEX applications_by_time
        ON applications (submitted_at, id, cohort_id, programme, approval_status, training_status)
        """,
        """
        CREATE INDEX applications_by_update
        ON applications (updated_at, id, cohort_id, programme, approval_status, training_status)
        """,
        """
        CREATE INDEX applications_by_cohort
        ON applications (cohort_id, submitted_at, id, programme, approval_status, training_status)
        """,
        """
        CREATE INDEX applications_not_accepted
        ON applications (approval_status, submitted_at, id, cohort_id, programme, training_status)
        WHERE approval_status <> 2
        """,
    ])

    /// With the import first, as its primary key has it, the database took that key and read every row of the dry run.
    private static let dryRuns = Migration(name: "006_dry_runs", sql: [
        "DROP INDEX application_import_people_by_trn",
        "DROP INDEX application_import_people_by_email",
        "DROP INDEX application_import_people_by_birth",
        "DROP INDEX application_import_people_by_person",
        "DROP INDEX application_import_people_by_reference",
        "CREATE INDEX application_import_people_by_trn ON application_import_people (trn) WHERE trn IS NOT NULL",
        "CREATE INDEX application_import_people_by_email ON application_import_people (email) WHERE email IS NOT NULL",
        """
        CREATE INDEX application_import_people_by_birth ON application_import_people (birth_date, family_key)
        WHERE birth_date IS NOT NULL
        """,
        "CREATE INDEX application_import_people_by_person ON application_import_people (candidate_id)",
        "CREATE INDEX application_import_people_by_reference ON application_import_people (reference)",
    ])
}
