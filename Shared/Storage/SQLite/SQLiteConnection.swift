import Foundation
import GRDB

/// One connection to an SQLite file, used on one thread only: the one that opened it.
final class SQLiteConnection {
    enum Role {
        case reader, writer
    }

    /// A prepared statement and the names of its columns.
    private final class Prepared {
        let statement: Statement
        let columns: RowColumns
        var inUse = false

        init(_ statement: Statement) {
            self.statement = statement
            columns = RowColumns(statement.columnNames)
        }
    }

    /// Statements kept prepared. Lists in `IN` make new texts, so there is a bound; at it all go.
    private static let preparedLimit = 512

    private let database: Database
    private let path: String
    private let role: Role
    private var prepared: [String: Prepared] = [:]

    private init(_ database: Database, path: String, role: Role) {
        self.database = database
        self.role = role
        self.path = path
    }

    /// Opens the file, hands the connection to `use` on this very thread, and closes it afterwards.
    static func open(path: String, role: Role, lockWait: Duration,
                     use: (SQLiteConnection) -> Void) throws(StoreError) {
        var configuration = Configuration()
        configuration.readonly = role == .reader
        configuration.label = "store"
        configuration.busyMode = .timeout(lockWait / .seconds(1))
        configuration.foreignKeysEnabled = true
        // Transactions are begun and ended here, not by the library.
        configuration.allowsUnsafeTransactions = true
        do {
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            try queue.inDatabase { database in
                let connection = SQLiteConnection(database, path: path, role: role)
                if role == .writer { try connection.makeDurable() }
                use(connection)
                connection.prepared.removeAll()
            }
            try queue.close()
        } catch {
            throw StoreError(sqlite: error, path: path)
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
        let foreignKeys = try first("PRAGMA foreign_keys")
        guard foreignKeys == .int(1) else {
            throw StoreError(.unavailable, "The store's file would not keep its references, so it is not used.",
                             cause: "foreign_keys reads \(foreignKeys) instead of 1; \(path)")
        }
        // What undoes a part of a transaction is kept in memory: it would go to a file of its own beyond 64 KiB.
        _ = try first("PRAGMA temp_store = MEMORY")
    }

    private func first(_ text: String) throws(StoreError) -> SQLValue {
        var value = SQLValue.null
        try attempt {
            try forEach(RenderedSQL(text: text)) { row in
                value = row.values.first ?? .null
                return false
            }
        }
        return value
    }

    // MARK: Statements

    /// Gives each row to `body` until it returns false.
    func forEach(_ sql: RenderedSQL, _ body: (Row) throws -> Bool) throws {
        let prepared = try prepare(sql.text)
        prepared.inUse = true
        defer { prepared.inUse = false }
        let columns = prepared.columns
        let count = columns.names.count
        let cursor = try running(sql) { () throws -> RowCursor in
            try GRDB.Row.fetchCursor(prepared.statement, arguments: Self.arguments(sql.values))
        }
        while let row = try running(sql, { () throws -> GRDB.Row? in try cursor.next() }) {
            let values = (0..<count).map { Self.value(row[$0]) }
            guard try body(Row(columns: columns, values: values)) else { return }
        }
    }

    /// Returns the number of rows changed by the statement itself.
    func execute(_ sql: RenderedSQL) throws(StoreError) -> Int {
        let prepared = try prepare(sql.text)
        prepared.inUse = true
        defer { prepared.inUse = false }
        let before = database.totalChangesCount
        try running(sql) { try prepared.statement.execute(arguments: Self.arguments(sql.values)) }
        // SQLite keeps the last count when a statement changes nothing by nature, such as CREATE TABLE.
        return database.totalChangesCount == before ? 0 : database.changesCount
    }

    /// A statement that failed is not kept: it would give its old error when it is used again.
    private func running<Value>(_ sql: RenderedSQL, _ body: () throws -> Value) throws(StoreError) -> Value {
        do throws(StoreError) {
            return try attempt(body)
        } catch {
            prepared[sql.text] = nil
            throw error
        }
    }

    /// Columns may have changed after a migration: prepare anew.
    func forgetPrepared() {
        prepared.removeAll()
    }

    private func prepare(_ text: String) throws(StoreError) -> Prepared {
        // A statement that is still giving rows cannot be started again: a nested use gets its own.
        if let known = prepared[text], !known.inUse { return known }
        let new = try attempt { Prepared(try database.makeStatement(sql: text)) }
        if prepared.count >= Self.preparedLimit { prepared.removeAll(keepingCapacity: true) }
        prepared[text] = new
        return new
    }

    // MARK: Transactions

    var isInTransaction: Bool { database.isInsideTransaction }

    func begin(immediate: Bool) throws(StoreError) {
        // Only if an earlier rollback failed, for want of memory or disk.
        if isInTransaction { rollback() }
        _ = try execute(RenderedSQL(text: immediate ? "BEGIN IMMEDIATE" : "BEGIN"))
    }

    func checkTransaction() throws(StoreError) {
        guard isInTransaction else {
            throw StoreError(.unavailable, "The store gave the transaction up. Nothing was changed; try again.")
        }
    }

    func commit() throws(StoreError) {
        try checkTransaction()
        _ = try execute(RenderedSQL(text: "COMMIT"))
    }

    func rollback() {
        // Some errors (a full disk) have rolled back already. One that fails here is met by `begin`.
        guard isInTransaction else { return }
        _ = try? execute(RenderedSQL(text: "ROLLBACK"))
    }

    /// A part of the open transaction that can be undone alone. They do not nest.
    func beginPart() throws(StoreError) {
        _ = try execute(RenderedSQL(text: "SAVEPOINT part"))
    }

    func keepPart() throws(StoreError) {
        _ = try execute(RenderedSQL(text: "RELEASE part"))
    }

    /// Undoes what was done since `beginPart`.
    func undoPart() throws(StoreError) {
        _ = try execute(RenderedSQL(text: "ROLLBACK TO part"))
        try keepPart()
    }

    // MARK: Values

    private func attempt<Value>(_ body: () throws -> Value) throws(StoreError) -> Value {
        do {
            return try body()
        } catch DatabaseError.SQLITE_READONLY where role == .reader {
            throw StoreError(.internal, "A read tried to write. This is a mistake in the program.")
        } catch {
            throw StoreError(sqlite: error, path: path)
        }
    }

    private static func arguments(_ values: [SQLValue]) throws(StoreError) -> StatementArguments {
        var arguments: [DatabaseValue] = []
        arguments.reserveCapacity(values.count)
        for value in values {
            switch value {
            case .null: arguments.append(.null)
            case .int(let value): arguments.append(value.databaseValue)
            case .real(let value): arguments.append(value.databaseValue)
            case .text(let value):
                // SQLite would silently keep what stands before it; PostgreSQL refuses it.
                guard !value.utf8.contains(0) else {
                    throw StoreError(.mismatch, "A text holds the character U+0000, which no store keeps.")
                }
                arguments.append(value.databaseValue)
            case .blob(let value): arguments.append(Data(value).databaseValue)
            }
        }
        return StatementArguments(arguments)
    }

    private static func value(_ value: DatabaseValue) -> SQLValue {
        switch value.storage {
        case .null: .null
        case .int64(let value): .int(value)
        case .double(let value): .real(value)
        case .string(let value): .text(value)
        case .blob(let data): .blob([UInt8](data))
        }
    }
}
