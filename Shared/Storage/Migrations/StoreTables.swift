/// The tables that every store has, whatever service it belongs to.
enum StoreTables {
    static let migrations = [
        Migration(name: "store_001_create", sql: [
            """
            CREATE TABLE store_migrations (
                scope TEXT NOT NULL CHECK (scope IN ('store', 'service')),
                position BIGINT NOT NULL,
                name TEXT NOT NULL,
                checksum TEXT NOT NULL,
                applied_at BIGINT NOT NULL,
                PRIMARY KEY (scope, position),
                UNIQUE (scope, name)
            )
            """,
            """
            CREATE TABLE store_feed (
                feed_id TEXT NOT NULL PRIMARY KEY,
                service TEXT NOT NULL,
                last_position BIGINT NOT NULL
            )
            """,
            """
            CREATE TABLE store_events (
                position \(.numberKey),
                id TEXT NOT NULL UNIQUE,
                type TEXT NOT NULL,
                subject TEXT NOT NULL,
                subject_version BIGINT NOT NULL,
                at BIGINT NOT NULL,
                actor_id TEXT NOT NULL,
                actor_kind TEXT NOT NULL,
                payload_type TEXT NOT NULL,
                payload \(.bytes) NOT NULL
            )
            """,
            """
            CREATE TABLE store_followers (
                source TEXT NOT NULL PRIMARY KEY,
                position TEXT NOT NULL
            ) \(.keptByKey)
            """,
            """
            CREATE TABLE store_replies (
                principal TEXT NOT NULL,
                method TEXT NOT NULL,
                idempotency_key TEXT NOT NULL,
                request_digest \(.bytes) NOT NULL,
                reply \(.bytes) NOT NULL,
                created_at BIGINT NOT NULL,
                PRIMARY KEY (principal, method, idempotency_key)
            ) \(.keptByKey)
            """,
            "CREATE INDEX store_replies_by_age ON store_replies (created_at)",
            """
            CREATE TABLE store_history (
                entity TEXT NOT NULL,
                entity_id TEXT NOT NULL,
                version BIGINT NOT NULL,
                at BIGINT NOT NULL,
                actor_id TEXT NOT NULL,
                actor_kind TEXT NOT NULL,
                change TEXT NOT NULL,
                reason TEXT NOT NULL,
                detail_json TEXT NOT NULL,
                request_id TEXT NOT NULL,
                PRIMARY KEY (entity, entity_id, version)
            ) \(.keptByKey)
            """,
        ] + SQL.appendOnly(table: "store_history") + SQL.appendOnly(table: "store_events")),
        Migration(name: "store_002_claims", sql: [
            """
            CREATE TABLE store_members (
                process TEXT NOT NULL PRIMARY KEY,
                beat BIGINT NOT NULL
            ) \(.keptByKey)
            """,
            """
            CREATE TABLE store_claims (
                name TEXT NOT NULL PRIMARY KEY,
                holder TEXT NOT NULL,
                fence BIGINT NOT NULL
            ) \(.keptByKey)
            """,
        ]),
    ]
}
