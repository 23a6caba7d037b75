import Values

/// What an edit changed, for the history: a JSON object of {"field": [old, new]}.
enum ChangedFields {
    static func json(from old: [(field: String, value: String)], to new: [(field: String, value: String)]) -> String {
        let changes = zip(old, new).filter { $0.value != $1.value }.map { before, after in
            "\(quoted(before.field)):[\(quoted(before.value)),\(quoted(after.value))]"
        }
        return "{" + changes.joined(separator: ",") + "}"
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

extension EventPlan {
    var contents: [(field: String, value: String)] {
        let parts = parts.map { "\($0.number) \($0.title) \($0.startsAt)/\($0.endsAt)" }.joined(separator: "; ")
        return [
            ("title", title), ("venue.name", venue.name), ("venue.postcode", venue.postcode?.text ?? ""),
            ("venue.schoolUrn", venue.school?.description ?? ""), ("venue.online", "\(venue.isOnline)"),
            ("parts", parts), ("capacity", "\(capacity)"), ("minimum", "\(minimum)"), ("reserved", "\(reserved)"),
            ("blocked", "\(blocked)"),
        ]
    }
}
