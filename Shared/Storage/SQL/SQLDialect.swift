/// What SQLite and PostgreSQL write differently. A store names the term; the driver writes it.
package enum SQLTerm: Hashable, Sendable {
    /// Column type of raw bytes.
    case bytes
    /// Type and key of a column of whole numbers that is the primary key: `position \(.numberKey)`.
    case numberKey
    /// Ends a CREATE TABLE whose rows are best kept in the order of their primary key, without an
    /// index beside them: one place less to write. For small rows.
    case keptByKey
    /// A whole statement that makes UPDATE of the table fail.
    case forbidUpdate(table: String)
    /// A whole statement that makes DELETE from the table fail.
    case forbidDelete(table: String)
}

/// How an engine writes placeholders and terms.
protocol SQLDialect: Sendable {
    /// Of the `number`th value of a statement, counted from 1.
    func placeholder(_ number: Int) -> String
    func text(of term: SQLTerm) -> String
}

struct RenderedSQL {
    var text = ""
    var values: [SQLValue] = []
}

extension SQL {
    func rendered(_ dialect: some SQLDialect) -> RenderedSQL {
        var rendered = RenderedSQL()
        for part in parts {
            switch part {
            case .text(let text): rendered.text += text
            case .term(let term): rendered.text += dialect.text(of: term)
            case .value(let value):
                rendered.values.append(value)
                rendered.text += dialect.placeholder(rendered.values.count)
            }
        }
        return rendered
    }

    /// The same for every engine: what a migration's checksum is taken of.
    var canonicalText: String {
        parts.map { part in
            switch part {
            case .text(let text): text
            case .value(let value): "«\(value)»"
            case .term(let term): "«\(term)»"
            }
        }.joined()
    }
}
