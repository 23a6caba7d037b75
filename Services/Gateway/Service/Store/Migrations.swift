import Storage

/// The tables, step by step. Append-only: a released step is never edited.
enum Migrations {
    static let all = [access]

    private static let access = Migration(name: "001_access", sql: [
        """
        CREATE TABLE tokens (
            id TEXT NOT NULL PRIMARY KEY,
            digest TEXT NOT NULL,
            label TEXT NOT NULL,
            registered_at BIGINT NOT NULL,
            expires_at BIGINT,
            revoked_at BIGINT
        )
        """,
        "CREATE UNIQUE INDEX tokens_by_digest ON tokens (digest)",
        "CREATE INDEX tokens_open ON tokens (registered_at, id) WHERE revoked_at IS NULL",
        """
        CREATE TABLE audit (
            id TEXT NOT NULL PRIMARY KEY,
            at BIGINT NOT NULL,
            token_id TEXT NOT NULL,
            verb TEXT NOT NULL,
            path TEXT NOT NULL,
            status BIGINT NOT NULL,
            request_id TEXT NOT NULL
        )
        """,
        "CREATE INDEX audit_by_time ON audit (at, id)",
        "CREATE INDEX audit_by_token ON audit (token_id, at, id)",
        // Up to when a token's requests are paid for; see RateTable.
        "CREATE TABLE rates (token_id TEXT NOT NULL PRIMARY KEY, due_at BIGINT NOT NULL)",
    ])
}
