import Values

/// Which answers are taken.
enum AnswerRules {
    /// Most answers of one request.
    static let mostAnswers = 200

    /// What answers change.
    struct Change: Hashable, Sendable {
        /// Those that say something else than what is held, or something new.
        var answers: [Answer]
        /// How many of them were not answered before.
        var new: Int
    }

    /// What is said to each item.
    /// - Throws: Each item that is not the instrument's or is named twice, and each value off its scale.
    static func choices(
        _ given: [GivenAnswer], _ instrument: Instrument
    ) throws(DiagnosticsRefusal) -> [(itemID: String, choice: Choice)] {
        guard (1...mostAnswers).contains(given.count) else {
            throw .invalid([FieldFault(field: "answers", message: "must be 1 to \(mostAnswers)")])
        }
        let items = Set(instrument.items.map(\.id))
        var faults: [FieldFault] = []
        var choices: [(itemID: String, choice: Choice)] = []
        var seen: Set<String> = []
        for (index, answer) in given.enumerated() {
            if !items.contains(answer.itemID) {
                let message = "must be an item of \(instrument.key.id) version \(instrument.key.version)"
                faults.append(FieldFault(field: "answers[\(index)].itemId", message: message))
            } else if !seen.insert(answer.itemID).inserted {
                faults.append(FieldFault(field: "answers[\(index)].itemId", message: "must be named once"))
            }
            switch answer.choice {
            case .value(let value) where !instrument.isOnScale(value):
                let message = "must be 1 to \(instrument.scale.count)"
                faults.append(FieldFault(field: "answers[\(index)].value", message: message))
            case let choice?: choices.append((answer.itemID, choice))
            case nil: faults.append(FieldFault(field: "answers[\(index)]", message: "must have a value or cannotSay"))
            }
        }
        guard faults.isEmpty else { throw .invalid(faults) }
        return choices
    }

    /// Leaves out what is held already, such as what a device sends twice.
    static func change(_ choices: [(itemID: String, choice: Choice)], held: [Answer], at now: Instant) -> Change {
        let known = Dictionary(uniqueKeysWithValues: held.map { ($0.itemID, $0.choice) })
        let different = choices.filter { known[$0.itemID] != $0.choice }
        return Change(
            answers: different.map { Answer(itemID: $0.itemID, choice: $0.choice, answeredAt: now) },
            new: different.count { known[$0.itemID] == nil })
    }
}
