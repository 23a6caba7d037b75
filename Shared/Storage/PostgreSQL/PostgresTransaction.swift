internal import Postgres

/// What a body reads and writes through, on one connection. The transaction itself is begun and ended by whoever made
/// this: several bodies may share one.
final class PostgresTransaction: Writer {
    /// Rows that `forEach` has at once.
    private static let fetchedRows = 500

    private let connection: PostgresConnection
    private let session: PostgresSession
    private let stop: StopFlag?
    /// Changes a statement's text before it is sent.
    private let rewrite: (String) -> String
    let effects = WriteEffects()
    /// The first error of a statement. It ends the transaction, see `Writer`.
    private(set) var failure: StoreError?
    /// The same as the server told it; nil also if it never came to the server.
    private(set) var serverFailure: PostgresError?
    /// Whether the body has seen any answer.
    private(set) var hasAnswer = false
    private var cursors = 0

    init(_ connection: PostgresConnection, _ session: PostgresSession, stop: StopFlag? = nil,
         rewrite: @escaping (String) -> String = { $0 }) {
        self.connection = connection
        self.session = session
        self.stop = stop
        self.rewrite = rewrite
    }

    func execute(_ sql: SQL) throws(StoreError) -> Int {
        try perform(sql).changedRows
    }

    /// Sent with the next statement, or with the COMMIT: costs no round trip of its own.
    func executeUnseen(_ sql: SQL) throws(StoreError) {
        let (text, values) = try rendered(sql)
        try guarded { () throws(PostgresError) in _ = try connection.queue(text, values) }
    }

    func rows(_ sql: SQL) throws(StoreError) -> [Row] {
        let result = try perform(sql)
        let columns = Self.columns(of: result)
        var rows: [Row] = []
        rows.reserveCapacity(result.rowCount)
        for index in 0..<result.rowCount {
            if stop?.isSet == true { throw StoreError(.cancelled, "The task that read was cancelled.") }
            rows.append(try Self.row(index, of: result, columns))
        }
        return rows
    }

    func row(_ sql: SQL) throws(StoreError) -> Row? {
        let result = try perform(sql)
        return result.rowCount == 0 ? nil : try Self.row(0, of: result, Self.columns(of: result))
    }

    /// By a cursor, so that the same connection can be asked other things in between.
    func forEach(_ sql: SQL, _ body: (Row) throws -> Void) throws {
        let (text, values) = try rendered(sql)
        guard PostgresDialect.begins(text, with: "SELECT") else {
            for row in try rows(sql) { try body(row) }
            return
        }
        cursors += 1
        let cursor = "c\(cursors)"
        try guarded { () throws(PostgresError) in
            _ = try connection.queue("DECLARE \(cursor) NO SCROLL CURSOR FOR \(text)", values, keep: false)
        }
        while true {
            let result = try guarded { () throws(PostgresError) in
                try connection.perform("FETCH FORWARD \(Self.fetchedRows) FROM \(cursor)", keep: false)
            }
            hasAnswer = true
            let columns = RowColumns(result.columns.names)
            for index in 0..<result.rowCount {
                if stop?.isSet == true { throw StoreError(.cancelled, "The task that read was cancelled.") }
                try body(try Self.row(index, of: result, columns))
            }
            if result.rowCount < Self.fetchedRows { break }
        }
        try guarded { () throws(PostgresError) in _ = try connection.queue("CLOSE \(cursor)", keep: false) }
    }

    // MARK: Statements

    private func perform(_ sql: SQL) throws(StoreError) -> PostgresResult {
        let (text, values) = try rendered(sql)
        let result = try guarded { () throws(PostgresError) in try connection.perform(text, values) }
        hasAnswer = true
        return result
    }

    private func guarded<Value>(_ body: () throws(PostgresError) -> Value) throws(StoreError) -> Value {
        if let failure { throw failure }
        do throws(PostgresError) {
            return try body()
        } catch {
            let told = session.translate(error)
            serverFailure = error
            failure = told
            throw told
        }
    }

    private func rendered(_ sql: SQL) throws(StoreError) -> (text: String, values: [PostgresValue]) {
        if let failure { throw failure }
        let rendered = sql.rendered(PostgresDialect())
        var values: [PostgresValue] = []
        values.reserveCapacity(rendered.values.count)
        for value in rendered.values {
            switch value {
            case .null: values.append(.null)
            case .int(let value): values.append(.int(value))
            case .real(let value): values.append(.real(value))
            case .text(let value):
                guard !value.utf8.contains(0) else {
                    let error = StoreError(.mismatch, "A text holds the character U+0000, which no store keeps.")
                    failure = error
                    throw error
                }
                values.append(.text(value))
            case .blob(let value): values.append(.bytes(value))
            }
        }
        return (rewrite(rendered.text), values)
    }

    // MARK: Rows

    private static func columns(of result: PostgresResult) -> RowColumns {
        if let known = result.columns.attachment as? RowColumns { return known }
        let columns = RowColumns(result.columns.names)
        result.columns.attachment = columns
        return columns
    }

    private static func row(_ index: Int, of result: PostgresResult, _ columns: RowColumns) throws(StoreError) -> Row {
        var values: [SQLValue] = []
        values.reserveCapacity(columns.names.count)
        for column in columns.names.indices {
            switch result.value(row: index, column: column) {
            case .null: values.append(.null)
            case .int(let value): values.append(.int(value))
            case .real(let value): values.append(.real(value))
            case .text(let value): values.append(.text(value))
            case .bytes(let value): values.append(.blob(value))
            case nil:
                throw StoreError(.mismatch, "Column \(columns.names[column]) is of a kind that stores do not use "
                    + "(\(result.typeName(column: column))).")
            }
        }
        return Row(columns: columns, values: values)
    }
}
