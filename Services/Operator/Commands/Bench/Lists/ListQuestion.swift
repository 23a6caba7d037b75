package import ProtoJSON

/// One combination of filters and an order that a list is asked with.
package struct ListQuestion: Hashable, Sendable {
    /// What is chosen, such as "eventId=one status=BOOKED"; empty for all.
    package var filter = ""
    package var order = ""
    package var fields: [String: JSONValue] = [:]
    /// Whether it is one filter or none: asked deep in the list too.
    package var isPlain = true

    package init() {}

    package func with(_ field: FieldInfo, _ choice: ListChoice) -> ListQuestion {
        var question = self
        question.filter += (filter.isEmpty ? "" : " ") + choice.label
        question.fields[field.jsonName] = choice.value
        return question
    }

    /// The request's JSON.
    package func json(pageSize: Int, token: String) -> JSONValue {
        var all = fields
        if pageSize > 0 { all["pageSize"] = .integer(Int64(pageSize)) }
        if !token.isEmpty { all["pageToken"] = .text(token) }
        return .object(all)
    }

    /// Every combination that is worth asking: no filter, each choice alone, and pairs of a value that occurs with
    /// every choice of another field; each in every order.
    /// - Parameter choices: by field, in the order of the contracts.
    package static func all(
        from base: ListQuestion, order: FieldInfo?, choices: [(field: FieldInfo, choices: [ListChoice])],
        withPairs: Bool
    ) -> [ListQuestion] {
        var filters = [base]
        for (field, alternatives) in choices { filters += alternatives.map { base.with(field, $0) } }
        if withPairs {
            for (index, first) in choices.enumerated() {
                for second in choices[(index + 1)...] { filters += pairs(base, first, second) }
            }
        }
        guard let order else { return filters }
        return order.enumNames.dropFirst().flatMap { name in
            filters.map { question in
                var ordered = question
                ordered.order = name
                ordered.fields[order.jsonName] = .text(name)
                return ordered
            }
        }
    }

    private static func pairs(
        _ base: ListQuestion, _ first: (field: FieldInfo, choices: [ListChoice]),
        _ second: (field: FieldInfo, choices: [ListChoice])
    ) -> [ListQuestion] {
        let (some, others) = (first.choices.filter { !$0.isSeveral }, second.choices.filter { !$0.isSeveral })
        guard let one = some.first(where: \.occurs), let other = others.first(where: \.occurs) else { return [] }
        let pairs = others.map { (one, $0) } + some.filter { $0 != one }.map { ($0, other) }
        return pairs.map { pair in
            var question = base.with(first.field, pair.0).with(second.field, pair.1)
            question.isPlain = false
            return question
        }
    }
}
