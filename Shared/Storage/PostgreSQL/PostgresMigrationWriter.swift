/// The writer of migrations. A table that others refer to may be dropped and made anew, as in SQLite: the references to
/// it are taken away with it, put back at the end, and then checked.
final class PostgresMigrationWriter: Writer {
    private struct Reference {
        let table: String
        let name: String
        let definition: String
        let parent: String
    }

    private let writer: PostgresTransaction
    private var taken: [Reference] = []

    init(_ writer: PostgresTransaction) {
        self.writer = writer
    }

    var effects: WriteEffects { writer.effects }

    func rows(_ sql: SQL) throws(StoreError) -> [Row] { try writer.rows(sql) }
    func row(_ sql: SQL) throws(StoreError) -> Row? { try writer.row(sql) }
    func forEach(_ sql: SQL, _ body: (Row) throws -> Void) throws { try writer.forEach(sql, body) }

    func execute(_ sql: SQL) throws(StoreError) -> Int {
        if let table = Self.droppedTable(sql.rendered(PostgresDialect()).text) { try takeReferences(to: table) }
        return try writer.execute(sql)
    }

    private static func droppedTable(_ text: String) -> String? {
        guard PostgresDialect.begins(text, with: "DROP TABLE") else { return nil }
        let words = text.split(whereSeparator: \.isWhitespace).map { String($0.filter { $0 != "\"" && $0 != ";" }) }
        return words.count > 4 && words[2].uppercased() == "IF" ? words[4] : words.count > 2 ? words[2] : nil
    }

    private func takeReferences(to parent: String) throws(StoreError) {
        let found = try writer.rows("""
            SELECT t.relname, c.conname, pg_get_constraintdef(c.oid) FROM pg_constraint c
            JOIN pg_class t ON t.oid = c.conrelid JOIN pg_class p ON p.oid = c.confrelid
            WHERE c.contype = 'f' AND p.relname = \(parent) AND t.relname <> \(parent)
            AND p.relnamespace = current_schema()::regnamespace
            """)
        for row in found {
            let reference = Reference(table: try row.text(0), name: try row.text(1), definition: try row.text(2),
                                      parent: parent)
            try writer.execute("ALTER TABLE \(raw: quoted(reference.table)) DROP CONSTRAINT \(raw: quoted(reference.name))")
            taken.append(reference)
        }
    }

    func restoreReferences() throws(StoreError) {
        for reference in taken {
            // The referring table may be gone too, or be a new one with references of its own.
            let isThere = try writer.row("""
                SELECT 1 FROM pg_class WHERE relname = \(reference.table) AND relnamespace = current_schema()::regnamespace
                """) != nil
            let hasOwn = try writer.row("""
                SELECT 1 FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
                WHERE t.relname = \(reference.table) AND pg_get_constraintdef(c.oid) = \(reference.definition)
                AND c.connamespace = current_schema()::regnamespace
                """) != nil
            guard isThere, !hasOwn else { continue }
            do throws(StoreError) {
                try writer.execute("""
                    ALTER TABLE \(raw: quoted(reference.table)) ADD CONSTRAINT \(raw: quoted(reference.name))
                    \(raw: reference.definition)
                    """)
            } catch {
                let tables = "\(reference.table) → \(reference.parent)"
                throw StoreError(.constraint(StoreError.Constraint(kind: .foreignKey, name: tables)),
                                 "The migrations leave rows that refer to nothing (\(tables)).", cause: error.cause)
            }
        }
    }
}
