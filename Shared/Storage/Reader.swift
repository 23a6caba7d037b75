/// Reads inside one transaction: everything read through one reader is of one moment. Only good
/// inside the closure that it was given to.
package protocol Reader {
    func rows(_ sql: SQL) throws(StoreError) -> [Row]
    /// The first row.
    func row(_ sql: SQL) throws(StoreError) -> Row?
    /// Row by row, without holding them all. `body` may read through the same reader.
    func forEach(_ sql: SQL, _ body: (Row) throws -> Void) throws
}

/// Reads and writes inside one transaction.
///
/// An error of a statement ends the transaction, also if the body catches it, because it does so in
/// PostgreSQL: later statements fail with the same error and nothing is kept. To try something that
/// may collide, use `ON CONFLICT DO NOTHING` and look at the number of changed rows.
package protocol Writer: Reader {
    /// Returns how many rows were inserted, updated or deleted. For `RETURNING`, use `row` or `rows`.
    @discardableResult
    func execute(_ sql: SQL) throws(StoreError) -> Int

    /// The same for whoever does not need the number of rows. May be sent only with the next statement or the commit:
    /// its error then comes from there. Not for what may break a rule that the body wants to tell in its own words.
    func executeUnseen(_ sql: SQL) throws(StoreError)

    /// What the store must do once this transaction is kept.
    var effects: WriteEffects { get }
}

extension Writer {
    package func executeUnseen(_ sql: SQL) throws(StoreError) {
        try execute(sql)
    }
}

/// What a transaction did beside its rows. One for each run of a body.
package final class WriteEffects {
    var appendedEvents = false
}
