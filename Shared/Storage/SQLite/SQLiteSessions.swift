/// A read transaction on a reader's connection.
final class SQLiteReader: Reader {
    private let connection: SQLiteConnection
    private let stop: StopFlag

    private init(_ connection: SQLiteConnection, stop: StopFlag) {
        self.connection = connection
        self.stop = stop
    }

    /// Everything that `body` reads is of one moment.
    static func transaction<Value>(on connection: SQLiteConnection, stop: StopFlag,
                                   _ body: (any Reader) throws -> Value) throws -> Value {
        try connection.begin(immediate: false)
        defer { connection.rollback() }
        return try body(SQLiteReader(connection, stop: stop))
    }

    func rows(_ sql: SQL) throws(StoreError) -> [Row] {
        try connection.rows(sql, stop: stop)
    }

    func row(_ sql: SQL) throws(StoreError) -> Row? {
        try connection.row(sql)
    }

    func forEach(_ sql: SQL, _ body: (Row) throws -> Void) throws {
        try connection.forEach(sql, stop: stop, body)
    }
}

/// A write transaction on the writer's connection.
final class SQLiteWriter: Writer {
    private let connection: SQLiteConnection
    let effects = WriteEffects()
    /// The first error of a statement. It ends the transaction, see `Writer`.
    private var failure: StoreError?

    private init(_ connection: SQLiteConnection) {
        self.connection = connection
    }

    /// Commits if `body` returns and no statement failed; otherwise nothing is kept.
    static func transaction<Value>(on connection: SQLiteConnection,
                                   _ body: (any Writer) throws -> Value) throws -> Value {
        try connection.begin(immediate: true)
        do {
            let value = try run(body, in: connection)
            try connection.commit()
            return value
        } catch {
            connection.rollback()
            throw error
        }
    }

    /// Runs `body` in the transaction that is open. Fails if a statement did, also if `body` caught that,
    /// or if the transaction did not survive it.
    static func run<Value>(_ body: (any Writer) throws -> Value, in connection: SQLiteConnection) throws -> Value {
        let writer = SQLiteWriter(connection)
        let value = try body(writer)
        if let failure = writer.failure { throw failure }
        try connection.checkTransaction()
        return value
    }

    func execute(_ sql: SQL) throws(StoreError) -> Int {
        try guarded { () throws(StoreError) in try connection.execute(sql) }
    }

    func rows(_ sql: SQL) throws(StoreError) -> [Row] {
        try guarded { () throws(StoreError) in try connection.rows(sql, stop: nil) }
    }

    func row(_ sql: SQL) throws(StoreError) -> Row? {
        try guarded { () throws(StoreError) in try connection.row(sql) }
    }

    func forEach(_ sql: SQL, _ body: (Row) throws -> Void) throws {
        if let failure { throw failure }
        do {
            try connection.forEach(sql, stop: nil, body)
        } catch {
            // An error of `body` itself may be meant to be caught: it is no error of a statement.
            if let error = error as? StoreError, error.endsTransaction { failure = failure ?? error }
            throw error
        }
    }

    private func guarded<Value>(_ body: () throws(StoreError) -> Value) throws(StoreError) -> Value {
        if let failure { throw failure }
        // SQLite ends a transaction by itself on some errors; what followed would commit on its own.
        try connection.checkTransaction()
        do {
            return try body()
        } catch {
            failure = error
            throw error
        }
    }
}

extension StoreError {
    /// Comes from a statement and not from looking at rows or versions.
    fileprivate var endsTransaction: Bool {
        switch code {
        case .busy, .unavailable, .unreachable, .constraint, .corrupt, .internal, .cancelled: true
        default: false
        }
    }
}

extension SQLiteConnection {
    func rows(_ sql: SQL, stop: StopFlag?) throws(StoreError) -> [Row] {
        var rows: [Row] = []
        do {
            try forEach(sql, stop: stop) { rows.append($0) }
        } catch {
            throw error as? StoreError ?? StoreError(.internal, "The store failed.", cause: "\(type(of: error))")
        }
        return rows
    }

    func forEach(_ sql: SQL, stop: StopFlag?, _ body: (Row) throws -> Void) throws {
        try forEach(sql) { row in
            if stop?.isSet == true { throw StoreError(.cancelled, "The task that read was cancelled.") }
            try body(row)
            return true
        }
    }
}

struct SQLiteDialect: SQLDialect {
    func placeholder(_ number: Int) -> String { "?" }

    func text(of term: SQLTerm) -> String {
        switch term {
        case .bytes: "BLOB"
        case .numberKey: "INTEGER PRIMARY KEY"
        case .keptByKey: "WITHOUT ROWID"
        case .forbidUpdate(let table): Self.forbid("UPDATE", table, "changed")
        case .forbidDelete(let table): Self.forbid("DELETE", table, "removed")
        }
    }

    private static func forbid(_ verb: String, _ table: String, _ done: String) -> String {
        """
        CREATE TRIGGER \(table)_forbids_\(verb.lowercased()) BEFORE \(verb) ON \(table)
        BEGIN SELECT RAISE(ABORT, 'Rows of \(table) are never \(done)'); END
        """
    }
}
