/// A statement without its values: what a database prepares once and runs with any. Telling that two are
/// the same looks at the pieces as they are and puts no text together.
struct StatementShape: Hashable {
    private let parts: [SQL.Part]

    init(_ sql: SQL) {
        parts = sql.parts
    }

    /// The same shape to be kept, without the values of this use.
    var withoutValues: StatementShape {
        StatementShape(SQL(parts: parts.map { part in if case .value = part { .value(.null) } else { part } }))
    }

    static func == (left: StatementShape, right: StatementShape) -> Bool {
        guard left.parts.count == right.parts.count else { return false }
        for index in left.parts.indices {
            switch (left.parts[index], right.parts[index]) {
            case (.value, .value): continue
            case (.text(let one), .text(let other)): guard one == other else { return false }
            case (.term(let one), .term(let other)): guard one == other else { return false }
            default: return false
            }
        }
        return true
    }

    /// Lengths tell most statements apart; `==` looks at the rest.
    func hash(into hasher: inout Hasher) {
        for part in parts {
            switch part {
            case .text(let text): hasher.combine(text.utf8.count)
            case .value: hasher.combine(-1)
            case .term: hasher.combine(-2)
            }
        }
    }
}
