/// What a change did to a record's fields, for the history: a JSON object of {"field": [old, new]}.
package enum ChangedFields {
    /// - Parameters:
    ///   - old: The same fields in the same order as `new`.
    ///   - hidden: Fields about a person: told is only that they changed.
    package static func json(
        from old: [(field: String, value: String)], to new: [(field: String, value: String)], hidden: Set<String> = []
    ) -> String {
        let changes = zip(old, new).filter { $0.value != $1.value }.map { before, after in
            let values = hidden.contains(before.field) ? ("…", "…") : (before.value, after.value)
            return "\(quoted(before.field)):[\(quoted(values.0)),\(quoted(values.1))]"
        }
        return "{" + changes.joined(separator: ",") + "}"
    }

    /// All fields of a new record that are not empty.
    package static func json(new: [(field: String, value: String)], hidden: Set<String> = []) -> String {
        json(from: new.map { ($0.field, "") }, to: new, hidden: hidden)
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "\u{0}"..."\u{1F}":
                let hex = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
