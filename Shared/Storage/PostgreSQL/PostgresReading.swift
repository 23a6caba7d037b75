internal import Postgres

extension PostgresSession {
    /// One moment of the store for `body`. A connection that turns out to be dead before it has given an answer is
    /// replaced once, unseen.
    func read<Value>(stop: StopFlag, _ body: (any Reader) throws -> Value) throws -> Value {
        var mayTryAgain = true
        while true {
            let connection = try connection()
            let transaction = PostgresTransaction(connection, self, stop: stop)
            connection.shouldStop = { stop.isSet }
            defer { connection.shouldStop = nil }
            do {
                try connection.queue("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
                let value = try body(transaction)
                if let failure = transaction.failure { throw failure }
                end(connection)
                return value
            } catch {
                end(connection)
                let failure = error as? PostgresError ?? transaction.serverFailure
                if let failure, failure.isBroken || failure.isStalePlan { drop() }
                guard mayTryAgain, !transaction.hasAnswer, let failure, failure.mayGoAway else {
                    throw (error as? PostgresError).map(translate) ?? error
                }
                mayTryAgain = false
            }
        }
    }

    /// Nobody waits for the end of a transaction that has only read.
    private func end(_ connection: PostgresConnection) {
        guard !connection.isBroken else { return drop() }
        do throws(PostgresError) {
            try connection.sendAhead("ROLLBACK")
        } catch {
            drop()
        }
    }
}

extension PostgresError {
    /// On a new connection, or at another moment, the same may succeed.
    var mayGoAway: Bool { isBroken || isStalePlan || isCollision }
}
