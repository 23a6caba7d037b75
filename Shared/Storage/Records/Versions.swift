/// Optimistic versions: 1 when a record is made, one more with every change.
package enum RecordVersion {
    package static let first: Int64 = 1

    /// Fails as `staleVersion` if the caller has seen another version than the current one. A caller
    /// that names none (nil or 0) takes the record as it is.
    package static func check(current: Int64, expected: Int64?) throws(StoreError) {
        guard let expected, expected != 0, expected != current else { return }
        throw StoreError(.staleVersion(current: current), "The record is at version \(current), not \(expected). "
            + "Read it again, and decide again.")
    }
}

extension Writer {
    /// Moves a row with the columns `id` and `version` to its next version and returns that; nil if
    /// there is no such row. Fails as `RecordVersion.check` does. `table` is a name of our own code.
    package func advanceVersion(of id: some SQLBindable, in table: String,
                                expected: Int64?) throws(StoreError) -> Int64? {
        // A caller that names the version is mostly right, and one statement then does.
        if let expected, expected != 0, try execute("""
            UPDATE \(raw: table) SET version = version + 1 WHERE id = \(id) AND version = \(expected)
            """) == 1 { return expected + 1 }
        guard let row = try row("SELECT version FROM \(raw: table) WHERE id = \(id)") else { return nil }
        let current = try row.int(0)
        try RecordVersion.check(current: current, expected: expected)
        try executeUnseen("UPDATE \(raw: table) SET version = version + 1 WHERE id = \(id)")
        return current + 1
    }
}
