internal import Postgres

/// Work that takes as long as it takes, on a connection of its own.
extension PostgresSession {
    func readAtLength(_ body: (any Reader) throws -> Void) throws {
        try atLength(["BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"], body)
    }

    func writeAtLength(_ body: (any Writer) throws -> Void) throws {
        try atLength(["BEGIN", "SELECT pg_advisory_xact_lock(\(setup.writeLock))"], body)
    }

    private func atLength(_ beginning: [String], _ body: (any Writer) throws -> Void) throws {
        let connection = try connection()
        defer { drop() }
        for statement in beginning { try told { () throws(PostgresError) in _ = try connection.perform(statement, keep: false) } }
        let transaction = PostgresTransaction(connection, self)
        try body(transaction)
        if let failure = transaction.failure { throw failure }
        // An error before this leaves the transaction to be undone with its connection.
        try told { () throws(PostgresError) in
            guard try connection.perform("COMMIT", keep: false).tag == "COMMIT" else {
                throw PostgresError(sqlState: "25P02", message: "the transaction was given up", isBroken: false)
            }
        }
    }

    private func told(_ body: () throws(PostgresError) -> Void) throws(StoreError) {
        do throws(PostgresError) {
            try body()
        } catch {
            throw translate(error)
        }
    }
}
