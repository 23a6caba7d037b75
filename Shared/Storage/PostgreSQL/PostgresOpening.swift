internal import Postgres
import Values

/// What is done on a connection of its own before the store serves. It has the lock of the store's migrations
/// meanwhile: of several processes that start at once one migrates, the others wait and find nothing to do.
final class PostgresOpening: StoreOpening {
    /// How long to wait for others that migrate.
    static let lockWait = Duration.seconds(60)
    /// How long a step of a migration may take.
    static let answerWait = Duration.seconds(3600)
    /// The oldest server that is known to do.
    static let oldestServer: Int64 = 140_000

    private let connection: PostgresConnection
    private let session: PostgresSession
    private var setup: PostgresSetup { session.setup }

    private init(_ connection: PostgresConnection, _ session: PostgresSession) {
        self.connection = connection
        self.session = session
    }

    static func run(
        _ setup: PostgresSetup, _ prepare: (any StoreOpening) throws(StoreError) -> Void
    ) throws(StoreError) {
        let session = PostgresSession(setup, .opener)
        let connection = try session.connection()
        // The lock goes with the connection, however this ends.
        defer { session.drop() }
        let opening = PostgresOpening(connection, session)
        try opening.checkServer()
        try opening.takeLock()
        try opening.loadRules()
        try prepare(opening)
        try opening.loadRules()
    }

    // MARK: The server

    private func checkServer() throws(StoreError) {
        let row = try rows("""
            SELECT current_setting('server_version_num')::bigint, current_setting('server_encoding'),
                   current_setting('server_version')
            """)[0]
        guard try row.int(0) >= Self.oldestServer else {
            throw StoreError(.unavailable, "The database is PostgreSQL \(try row.text(2)); version 14 or newer is needed, "
                + "15 is what we test with.")
        }
        guard try row.text(1) == "UTF8" else {
            throw StoreError(.unavailable, "The database keeps its texts as \(try row.text(1)). Make one that keeps them "
                + "as UTF8: createdb -T template0 -E UTF8 NAME.")
        }
    }

    private func takeLock() throws(StoreError) {
        do throws(PostgresError) {
            _ = try connection.perform("SELECT pg_advisory_lock($1)", [.int(setup.migrationLock)])
        } catch {
            guard error.sqlState == "55P03" else { throw session.translate(error) }
            throw StoreError(.busy, "Another process has been bringing the store up to date for more than "
                + "\(Self.lockWait). Look at that one, then start this again.")
        }
    }

    private func makeSchema() throws(StoreError) {
        guard try rows("SELECT 1 FROM pg_namespace WHERE nspname = \(setup.schema)").isEmpty else { return }
        _ = try rows("CREATE SCHEMA \(raw: quoted(setup.schema))")
    }

    private func loadRules() throws(StoreError) {
        do throws(PostgresError) {
            try setup.rules.load(connection, schema: setup.schema)
        } catch {
            throw session.translate(error)
        }
    }

    // MARK: StoreOpening

    func isBlank() throws(StoreError) -> Bool {
        try rows("""
            SELECT 1 FROM pg_class WHERE relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = \(setup.schema)) LIMIT 1
            """).isEmpty
    }

    func hasTable(_ name: String) throws(StoreError) -> Bool {
        try tables().contains(name)
    }

    func rows(_ sql: SQL) throws(StoreError) -> [Row] {
        try PostgresTransaction(connection, session).rows(sql)
    }

    private func tables() throws(StoreError) -> [String] {
        try rows("""
            SELECT relname FROM pg_class WHERE relkind IN ('r', 'p')
            AND relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = \(setup.schema)) ORDER BY relname
            """).map { row throws(StoreError) in try row.text(0) }
    }

    /// Copies of all tables, of one moment, in a schema beside the store's. The latest three are kept.
    func keepCopy(before migration: String, at now: Instant) throws(StoreError) -> String {
        let copy = PostgresLocation.copy(of: setup.schema, at: now)
        let tables = try tables()
        // Writers go on meanwhile.
        try transaction("BEGIN ISOLATION LEVEL REPEATABLE READ") { writer throws(StoreError) in
            try writer.execute("DROP SCHEMA IF EXISTS \(raw: quoted(copy)) CASCADE")
            try writer.execute("CREATE SCHEMA \(raw: quoted(copy))")
            try writer.execute("COMMENT ON SCHEMA \(raw: quoted(copy)) IS 'Kept before migration \(raw: migration)'")
            for table in tables {
                let (from, to) = ("\(quoted(self.setup.schema)).\(quoted(table))", "\(quoted(copy)).\(quoted(table))")
                try writer.execute("CREATE TABLE \(raw: to) AS TABLE \(raw: from)")
            }
        }
        try removeOldCopies()
        return "schema \(copy)"
    }

    private func removeOldCopies() throws(StoreError) {
        let copies = try rows("SELECT nspname FROM pg_namespace ORDER BY nspname")
            .map { row throws(StoreError) in try row.text(0) }
            .filter { PostgresLocation.isCopy($0, of: self.setup.schema) }
        for copy in copies.dropLast(StoreFile.keptCopies) {
            _ = try rows("DROP SCHEMA \(raw: quoted(copy)) CASCADE")
        }
    }

    func migrate(_ body: @escaping @Sendable (any Writer) throws(StoreError) -> Void) throws(StoreError) {
        try transaction("BEGIN") { writer throws(StoreError) in
            // Alone with the store: writers of other processes wait.
            try self.perform("SELECT pg_advisory_xact_lock(\(self.setup.writeLock))")
            let migrating = PostgresMigrationWriter(writer)
            try self.makeSchema()
            try writer.execute("\(raw: PostgresDialect.refuseFunction)")
            do throws(StoreError) {
                try body(migrating)
                try migrating.restoreReferences()
            } catch {
                throw self.named(error, writer)
            }
        }
    }

    /// A broken reference is told by its tables, as SQLite's check after a migration does.
    private func named(_ error: StoreError, _ writer: PostgresTransaction) -> StoreError {
        guard case .constraint(let broken) = error.code, broken.kind == .foreignKey, broken.name.isEmpty,
              let tables = writer.serverFailure.flatMap(setup.rules.reference) else { return error }
        return StoreError(.constraint(StoreError.Constraint(kind: .foreignKey, name: tables)),
                          "The migrations leave rows that refer to nothing (\(tables)).", cause: error.cause)
    }

    private func transaction(
        _ beginning: String, _ body: (PostgresTransaction) throws(StoreError) -> Void
    ) throws(StoreError) {
        let writer = PostgresTransaction(connection, session, rewrite: PostgresDialect.orderedByBytes)
        try perform(beginning)
        do throws(StoreError) {
            try body(writer)
            if let failure = writer.failure { throw failure }
        } catch {
            if !connection.isBroken { try perform("ROLLBACK") }
            throw error
        }
        try perform("COMMIT")
    }

    private func perform(_ text: String) throws(StoreError) {
        do throws(PostgresError) {
            _ = try connection.perform(text, keep: false)
        } catch {
            guard text == "COMMIT", error.isBroken else { throw session.translate(error) }
            throw StoreError(.unreachable, "The connection to the database broke while the store was brought up to date. "
                + "Start again: what was done is found.", cause: error.description)
        }
    }
}

/// A name in SQL, whatever it is made of.
func quoted(_ name: String) -> String {
    "\"\(name.replacing("\"", with: "\"\""))\""
}
