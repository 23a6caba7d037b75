/// Values of the rows of lists, to filter by what occurs.
package struct ListRows: Sendable {
    /// Each row as values by a name that runs together how they are reached: `phase.code` is "phaseCode".
    package private(set) var rows: [[String: [JSONValue]]] = []

    package init() {}

    package mutating func add(_ row: JSONValue) {
        var values: [String: [JSONValue]] = [:]
        Self.collect(row, "", &values)
        rows.append(values)
    }

    package mutating func add(_ other: ListRows) { rows += other.rows }

    /// Each different value once, in the order of the rows.
    package func values(_ name: String) -> [JSONValue] {
        var seen: Set<JSONValue> = []
        return rows.flatMap { $0[name] ?? [] }.filter { seen.insert($0).inserted }
    }

    /// Of the row in the middle, or the next that has one: so the values of several names occur together.
    package func middle(_ name: String) -> JSONValue? {
        let half = rows.count / 2
        return (rows[half...] + rows[..<half]).lazy.compactMap { $0[name]?.first }.first
    }

    /// The value that most rows have.
    package func commonest(_ name: String) -> JSONValue? {
        var counts: [JSONValue: Int] = [:]
        for row in rows { for value in row[name] ?? [] { counts[value, default: 0] += 1 } }
        return values(name).max { (counts[$0] ?? 0) < (counts[$1] ?? 0) }
    }

    /// Values of any name that look like an instant, in order of time.
    package var instants: [JSONValue] {
        let texts = rows.flatMap(\.values).joined().compactMap { value -> String? in
            guard case .text(let text) = value, text.count >= 20, text.hasSuffix("Z"), text.dropFirst(10).first == "T"
            else { return nil }
            return text
        }
        return Set(texts).sorted().map { .text($0) }
    }

    /// Values of any name that are days.
    package var days: [JSONValue] {
        Array(Set(rows.flatMap(\.values).joined().filter(Self.isDay)))
    }

    private static func isDay(_ value: JSONValue) -> Bool {
        if case .object(let fields) = value { return Set(fields.keys) == ["year", "month", "day"] }
        return false
    }

    private static func collect(_ value: JSONValue, _ path: String, _ values: inout [String: [JSONValue]]) {
        switch value {
        case .null: break
        case .list(let elements): for element in elements { collect(element, path, &values) }
        case .object(let fields) where !isDay(value):
            for (name, field) in fields {
                let longer = path.isEmpty ? name : path + (name.first?.uppercased() ?? "") + name.dropFirst()
                collect(field, longer, &values)
            }
        case .object, .bool, .integer, .number, .text: values[path, default: []].append(value)
        }
    }
}
