internal import Postgres
import Synchronization

/// The constraints and unique indexes of a store's tables, to tell which rule a statement broke in the words that
/// SQLite has for it. Read when the store is opened; what a newer release adds later is told from the error alone.
final class PostgresRules: Sendable {
    private struct Known {
        /// By "table.index".
        var unique: [String: String] = [:]
        /// Text of a check that was given no name, by "table.constraint".
        var checks: [String: String] = [:]
        /// "books → shelves", by "table.constraint".
        var references: [String: String] = [:]
    }

    private let known = Mutex(Known())

    func load(_ connection: PostgresConnection, schema: String) throws(PostgresError) {
        var found = Known()
        let unique = try connection.perform("""
            SELECT t.relname, i.relname, string_agg(t.relname || '.' || a.attname, ', ' ORDER BY k.place)
            FROM pg_index x JOIN pg_class t ON t.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
            CROSS JOIN LATERAL unnest(x.indkey::int2[]) WITH ORDINALITY k (number, place)
            JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.number
            WHERE x.indisunique AND t.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = $1)
            GROUP BY t.relname, i.relname
            """, [.text(schema)], keep: false)
        for row in 0..<unique.rowCount {
            found.unique["\(unique.text(row, 0)).\(unique.text(row, 1))"] = unique.text(row, 2)
        }
        let constraints = try connection.perform("""
            SELECT c.conname, t.relname, c.contype::text, coalesce(r.relname, ''), pg_get_constraintdef(c.oid, true)
            FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid LEFT JOIN pg_class r ON r.oid = c.confrelid
            WHERE c.contype IN ('c', 'f') AND c.connamespace = (SELECT oid FROM pg_namespace WHERE nspname = $1)
            """, [.text(schema)], keep: false)
        for row in 0..<constraints.rowCount {
            let (name, table) = (constraints.text(row, 0), constraints.text(row, 1))
            if constraints.text(row, 2) == "f" {
                found.references["\(table).\(name)"] = "\(table) → \(constraints.text(row, 3))"
            } else if Self.isMadeUp(name, table: table) {
                found.checks["\(table).\(name)"] = Self.bare(constraints.text(row, 4))
            }
        }
        known.withLock { [found] in $0 = found }
    }

    func constraint(_ error: PostgresError) -> StoreError.Constraint? {
        let key = "\(error.table).\(error.constraint)"
        switch error.sqlState {
        case "23505", "23P01":
            let columns = error.keyColumns.map { "\(error.table).\($0)" }.joined(separator: ", ")
            return .init(kind: .unique, name: known.withLock { $0.unique[key] } ?? columns)
        case "23503": return .init(kind: .foreignKey, name: "")
        case "23514": return .init(kind: .check, name: known.withLock { $0.checks[key] } ?? error.constraint)
        case "23502": return .init(kind: .notNull, name: "\(error.table).\(error.column)")
        // Raised by our own triggers, in our own words.
        case "23000": return .init(kind: .rule, name: error.message)
        default: return nil
        }
    }

    /// `books → shelves` for a reference that a migration broke.
    func reference(_ error: PostgresError) -> String? {
        known.withLock { $0.references["\(error.table).\(error.constraint)"] }
    }

    /// PostgreSQL names a check that has no name `table_column_check`, or `…_check1`.
    private static func isMadeUp(_ name: String, table: String) -> Bool {
        guard name.hasPrefix(table + "_"), let check = name.ranges(of: "_check").last else { return false }
        return name[check.upperBound...].allSatisfy(\.isNumber)
    }

    /// `CHECK (pages > 0)` without what stands around the rule.
    private static func bare(_ definition: String) -> String {
        guard definition.hasPrefix("CHECK ("), definition.hasSuffix(")") else { return definition }
        return String(definition.dropFirst("CHECK (".count).dropLast())
    }
}

extension PostgresResult {
    /// Of our own look-ups in the catalogue, which give texts only.
    func text(_ row: Int, _ column: Int) -> String {
        guard case .text(let text) = value(row: row, column: column) else { return "" }
        return text
    }
}
