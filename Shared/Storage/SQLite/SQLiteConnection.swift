import CSQLite

/// One connection to an SQLite file, used on one thread only: the one that opened it.
@safe
final class SQLiteConnection {
    enum Role {
        case reader, writer
    }

    /// Statements kept prepared. Lists in `IN` make new shapes, so there is a bound; at it all go.
    private static let preparedLimit = 512

    private let database: OpaquePointer
    private let path: String
    private let role: Role
    private var prepared: [StatementShape: SQLiteStatement] = [:]

    /// Set once in a process, before the first connection.
    private static let isConfigured: Bool = {
        olp_count_no_memory()
        return true
    }()

    private init(path: String, role: Role) throws(StoreError) {
        _ = Self.isConfigured
        var database: OpaquePointer?
        // One thread uses it: SQLite need not lock it.
        let access = role == .reader ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
        let code = unsafe sqlite3_open_v2(path, &database, access | SQLITE_OPEN_NOMUTEX, nil)
        guard let database = unsafe database else {
            throw StoreError(sqlite: SQLITE_NOMEM, "no memory for a connection", path: path)
        }
        guard code == SQLITE_OK else {
            defer { unsafe _ = sqlite3_close(database) }
            throw StoreError(sqlite: unsafe sqlite3_extended_errcode(database), unsafe String(cString: sqlite3_errmsg(database)),
                             path: path)
        }
        unsafe self.database = database
        self.path = path
        self.role = role
    }

    deinit {
        // Statements before the connection that they belong to.
        prepared.removeAll()
        unsafe sqlite3_close_v2(database)
    }

    /// Opens the file, hands the connection to `use` on this very thread, and closes it afterwards.
    static func open(path: String, role: Role, lockWait: Duration,
                     use: (SQLiteConnection) -> Void) throws(StoreError) {
        let connection = try SQLiteConnection(path: path, role: role)
        try connection.prepareToServe(lockWait: lockWait)
        use(connection)
    }

    private func prepareToServe(lockWait: Duration) throws(StoreError) {
        unsafe sqlite3_extended_result_codes(database, 1)
        unsafe sqlite3_busy_timeout(database, Int32(clamping: Int64(lockWait / .milliseconds(1))))
        unsafe olp_refuse_quoted_texts(database)
        if role == .writer { try makeDurable() }
        _ = try first("PRAGMA foreign_keys = ON")
        let foreignKeys = try first("PRAGMA foreign_keys")
        guard foreignKeys == .int(1) else {
            throw StoreError(.unavailable, "The store's file would not keep its references, so it is not used.",
                             cause: "foreign_keys reads \(foreignKeys) instead of 1; \(path)")
        }
    }

    /// A commit is on disk when it returns only in WAL mode with `synchronous=FULL` (or stricter).
    /// Both are read back: an option that was not taken must not go unseen.
    private func makeDurable() throws(StoreError) {
        let mode = try first("PRAGMA journal_mode = WAL")
        guard mode == .text("wal") else {
            throw StoreError(.unavailable, "The store's file cannot be used with a write-ahead log. "
                + "Keep it on a local disk.", cause: "journal_mode reads \(mode); \(path)")
        }
        _ = try first("PRAGMA synchronous = FULL")
        let synchronous = try first("PRAGMA synchronous")
        guard synchronous == .int(2) else {
            throw StoreError(.unavailable, "The store's file would not be written safely, so it is not used.",
                             cause: "synchronous reads \(synchronous) instead of 2; \(path)")
        }
        // What undoes a part of a transaction is kept in memory: it would go to a file of its own beyond 64 KiB.
        _ = try first("PRAGMA temp_store = MEMORY")
    }

    private func first(_ sql: SQL) throws(StoreError) -> SQLValue {
        try row(sql)?.values.first ?? .null
    }

    // MARK: Statements

    /// Gives each row to `body` until it returns false.
    func forEach(_ sql: SQL, _ body: (Row) throws -> Bool) throws {
        let statement = try statement(for: sql)
        defer { statement.end() }
        try statement.begin(sql)
        while try step(statement) {
            guard try body(statement.row()) else { return }
        }
    }

    /// The first row.
    func row(_ sql: SQL) throws(StoreError) -> Row? {
        let statement = try statement(for: sql)
        defer { statement.end() }
        try statement.begin(sql)
        return try step(statement) ? statement.row() : nil
    }

    /// Returns the number of rows changed by the statement itself.
    func execute(_ sql: SQL) throws(StoreError) -> Int {
        let statement = try statement(for: sql)
        defer { statement.end() }
        let before = unsafe sqlite3_total_changes64(database)
        try statement.begin(sql)
        while try step(statement) {}
        // SQLite keeps the last count when a statement changes nothing by nature, such as CREATE TABLE.
        return unsafe sqlite3_total_changes64(database) == before ? 0 : Int(sqlite3_changes64(database))
    }

    /// False at the end.
    private func step(_ statement: SQLiteStatement) throws(StoreError) -> Bool {
        switch statement.step() {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code: throw failure(code)
        }
    }

    /// Columns may have changed after a migration: prepare anew.
    func forgetPrepared() {
        prepared.removeAll()
    }

    private func statement(for sql: SQL) throws(StoreError) -> SQLiteStatement {
        let shape = StatementShape(sql)
        // A statement that is still giving rows cannot be started again: a nested use gets its own.
        if let known = prepared[shape], !known.isRunning { return known }
        let new = try prepare(sql)
        if prepared.count >= Self.preparedLimit { prepared.removeAll(keepingCapacity: true) }
        prepared[shape.withoutValues] = new
        return new
    }

    private func prepare(_ sql: SQL) throws(StoreError) -> SQLiteStatement {
        let rendered = sql.rendered(SQLiteDialect())
        var handle: OpaquePointer?
        var code = SQLITE_OK
        var hasRest = false
        var text = rendered.text
        text.withUTF8 { bytes in
            unsafe bytes.withMemoryRebound(to: CChar.self) { text in
                var rest: UnsafePointer<CChar>?
                code = unsafe sqlite3_prepare_v3(
                    database, text.baseAddress, Int32(clamping: text.count), UInt32(SQLITE_PREPARE_PERSISTENT), &handle,
                    &rest)
                guard let start = text.baseAddress, let rest = unsafe rest else { return }
                hasRest = unsafe text[(rest - start)...].contains { $0 > 0x20 }
            }
        }
        guard code == SQLITE_OK else { throw failure(code) }
        guard let handle = unsafe handle else { throw mistake("there is no statement") }
        let statement = unsafe SQLiteStatement(handle)
        guard !hasRest else { throw mistake("there is more than one statement") }
        guard statement.parameterCount == rendered.values.count else { throw mistake("not every ? has a value") }
        return statement
    }

    // MARK: Transactions

    var isInTransaction: Bool { unsafe sqlite3_get_autocommit(database) == 0 }

    func begin(immediate: Bool) throws(StoreError) {
        // Only if an earlier rollback failed, for want of memory or disk.
        if isInTransaction { rollback() }
        _ = try execute(immediate ? "BEGIN IMMEDIATE" : "BEGIN")
    }

    func checkTransaction() throws(StoreError) {
        guard isInTransaction else {
            throw StoreError(.unavailable, "The store gave the transaction up. Nothing was changed; try again.")
        }
    }

    func commit() throws(StoreError) {
        try checkTransaction()
        _ = try execute("COMMIT")
    }

    func rollback() {
        // Some errors (a full disk) have rolled back already. One that fails here is met by `begin`.
        guard isInTransaction else { return }
        _ = try? execute("ROLLBACK")
    }

    /// A part of the open transaction that can be undone alone. They do not nest.
    func beginPart() throws(StoreError) {
        _ = try execute("SAVEPOINT part")
    }

    func keepPart() throws(StoreError) {
        _ = try execute("RELEASE part")
    }

    /// Undoes what was done since `beginPart`.
    func undoPart() throws(StoreError) {
        _ = try execute("ROLLBACK TO part")
        try keepPart()
    }

    // MARK: Errors

    /// The error of the call that gave `code`.
    private func failure(_ code: Int32) -> StoreError {
        if role == .reader, code & 0xFF == SQLITE_READONLY {
            return StoreError(.internal, "A read tried to write. This is a mistake in the program.")
        }
        return StoreError(sqlite: code, unsafe String(cString: sqlite3_errmsg(database)), path: path)
    }

    private func mistake(_ what: String) -> StoreError {
        StoreError(sqlite: SQLITE_MISUSE, what, path: path)
    }
}
