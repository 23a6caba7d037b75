/// A statement that the server keeps parsed, under a name that only this connection knows.
final class PreparedStatement {
    let name: String
    let text: String
    /// Of the values that it was prepared with; `TypeID.unknown` where that was NULL and the server chose.
    let types: [UInt32]
    var lastUse = 0
    /// Known with the first answer.
    var columns: PostgresColumns?

    init(name: String, text: String, types: [UInt32]) {
        self.name = name
        self.text = text
        self.types = types
    }

    /// A NULL fits every type; where the server chose, only a NULL is sure to fit.
    func fits(_ given: [UInt32]) -> Bool {
        types.count == given.count && zip(types, given).allSatisfy { $0 == $1 || $1 == TypeID.unknown }
    }
}

/// The statements that one connection has prepared; the one not used for longest gives way.
struct PostgresStatements {
    private let limit: Int
    private var known: [String: PreparedStatement] = [:]
    private var clock = 0

    init(limit: Int) {
        self.limit = max(1, limit)
    }

    mutating func find(_ text: String, types: [UInt32]) -> PreparedStatement? {
        guard let found = known[text], found.fits(types) else { return nil }
        clock += 1
        found.lastUse = clock
        return found
    }

    /// A new statement, and the one that the server should forget for it.
    mutating func add(_ text: String, types: [UInt32]) -> (PreparedStatement, forgotten: PreparedStatement?) {
        clock += 1
        var types = types
        var forgotten: PreparedStatement?
        if let unfit = known[text] {
            forgotten = unfit
            // What one of the two left open, the other knows.
            if unfit.types.count == types.count {
                for (index, type) in unfit.types.enumerated() where types[index] == TypeID.unknown { types[index] = type }
            }
        } else if known.count >= limit {
            forgotten = known.values.min { $0.lastUse < $1.lastUse }
            if let forgotten { known[forgotten.text] = nil }
        }
        let new = PreparedStatement(name: "s\(clock)", text: text, types: types)
        new.lastUse = clock
        known[text] = new
        return (new, forgotten)
    }

    /// It could not be prepared.
    mutating func remove(_ statement: PreparedStatement) {
        if known[statement.text] === statement { known[statement.text] = nil }
    }

    var count: Int { known.count }
}
