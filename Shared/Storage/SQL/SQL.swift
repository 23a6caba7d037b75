/// A statement, or a piece of one, with its values. Interpolated values are bound, never pasted:
/// `"SELECT name FROM partners WHERE id = \(id)"`. Other pieces: `\(sql)` (another SQL),
/// `\(list: ids)` (a bracketed list for IN), `\(raw: text)` (pasted; only for text of our own code),
/// `\(.bytes)` (what the engines write differently, see `SQLTerm`).
package struct SQL: Hashable, Sendable, ExpressibleByStringInterpolation {
    enum Part: Hashable, Sendable {
        case text(String)
        case value(SQLValue)
        case term(SQLTerm)
    }

    var parts: [Part]

    package init() {
        parts = []
    }

    package init(stringLiteral text: String) {
        parts = text.isEmpty ? [] : [.text(text)]
    }

    package init(stringInterpolation: StringInterpolation) {
        parts = stringInterpolation.parts
    }

    init(parts: [Part]) {
        self.parts = parts
    }

    package var isEmpty: Bool { parts.isEmpty }

    package static func + (left: SQL, right: SQL) -> SQL {
        SQL(parts: left.parts + right.parts)
    }

    package static func += (left: inout SQL, right: SQL) {
        left.parts += right.parts
    }

    package struct StringInterpolation: StringInterpolationProtocol {
        var parts: [Part] = []

        package init(literalCapacity: Int, interpolationCount: Int) {
            parts.reserveCapacity(interpolationCount * 2 + 1)
        }

        package mutating func appendLiteral(_ literal: String) {
            if !literal.isEmpty { parts.append(.text(literal)) }
        }

        package mutating func appendInterpolation(_ value: some SQLBindable) {
            parts.append(.value(value.sqlValue))
        }

        package mutating func appendInterpolation(_ sql: SQL) {
            parts += sql.parts
        }

        package mutating func appendInterpolation(_ term: SQLTerm) {
            parts.append(.term(term))
        }

        /// `(a, b, c)` for `IN`. Of nothing: `(NULL)`, which nothing is in. Each number of values is a
        /// statement of its own to the database, so keep lists short (see `SQL.maximumValues`).
        package mutating func appendInterpolation(list values: [some SQLBindable]) {
            parts.append(.text("("))
            for (index, value) in values.enumerated() {
                if index > 0 { parts.append(.text(", ")) }
                parts.append(.value(value.sqlValue))
            }
            parts.append(.text(values.isEmpty ? "NULL)" : ")"))
        }

        /// Pastes text as it is. Only for names and clauses that our own code wrote.
        package mutating func appendInterpolation(raw text: String) {
            parts.append(.text(text))
        }
    }
}

extension SQL {
    /// Values in one statement, at most: SQLite's bound since 3.32 (PostgreSQL takes 65,535).
    package static let maximumValues = 32_766

    /// Pastes text as it is. Only for text that our own code wrote.
    package init(raw text: String) {
        self.init(stringLiteral: text)
    }

    /// Values for `IN`, filled up with the last one to a round number, so that few texts of statements
    /// come about. Of nothing: what nothing is in.
    package static func padded(_ values: [SQLValue]) -> SQL {
        guard let last = values.last else { return "(NULL)" }
        let size = [1, 10, 100, 200, 1000].first { $0 >= values.count } ?? values.count
        return "\(list: values + Array(repeating: last, count: size - values.count))"
    }

    /// Two statements that make a table's rows unchangeable: an UPDATE or DELETE of it fails.
    package static func appendOnly(table: String) -> [SQL] {
        ["\(.forbidUpdate(table: table))", "\(.forbidDelete(table: table))"]
    }
}

extension Sequence<SQL> {
    /// `["a = \(1)", "b = \(2)"].joined(separator: " AND ")`
    package func joined(separator: String = ", ") -> SQL {
        var joined = SQL()
        for (index, sql) in enumerated() {
            if index > 0 { joined.parts.append(.text(separator)) }
            joined.parts += sql.parts
        }
        return joined
    }
}
