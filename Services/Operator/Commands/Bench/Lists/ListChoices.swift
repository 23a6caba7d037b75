import Contracts
import Foundation
package import ProtoJSON

/// A value for one field of a list's request.
package struct ListChoice: Hashable, Sendable {
    /// Says what kind of value it is, never the value of a person's field.
    package let label: String
    package let value: JSONValue
    /// Whether rows are expected: pairs are made of one that occurs and of everything else.
    package var occurs = true
    /// Of several values: asked alone only.
    package var isSeveral = false
}

/// What a field is asked for with.
package enum ListChoices {
    /// Values in the choice of several.
    static let several = 10
    /// Names of rows' values that people type into a search.
    private static let searched = ["name", "fullName", "title", "trn", "email", "urn", "addressTown", "addressPostcode"]

    /// - Parameter rows: some rows of the list, or of another with the same rows.
    package static func of(_ field: FieldInfo, _ rows: ListRows) -> [ListChoice] {
        let name = field.jsonName
        func choice(_ what: String, _ value: JSONValue, occurs: Bool = true) -> ListChoice {
            ListChoice(label: "\(name)=\(what)", value: field.isRepeated ? .list([value]) : value, occurs: occurs)
        }
        switch field.kind {
        case .enum:
            let values = field.enumNames.dropFirst()
            var choices = values.map { choice($0, .text($0)) }
            if field.isRepeated, let first = values.first, let last = values.last, values.count > 2 {
                choices.append(
                    ListChoice(
                        label: "\(name)=\(first),\(last)", value: .list([.text(first), .text(last)]), isSeveral: true))
            }
            return choices
        case .bool: return [choice("true", .bool(true))]
        case .message: return days(field, rows).map { choice($0.label, $0.value, occurs: $0.occurs) }
        case .string where !field.isRepeated: return words(rows).map { choice($0.label, .text($0.text)) } + [
            choice("nothing", .text("zzqx wwvk"), occurs: false),
        ]
        default: break
        }
        let values = rows.values(name)
        guard let middle = rows.middle(name) else { return [] }
        var choices = [choice("one", middle)]
        if let common = rows.commonest(name), common != middle { choices.append(choice("common", common)) }
        if field.isRepeated, values.count > 1 {
            let some = Array(values.prefix(several))
            choices.append(ListChoice(label: "\(name)=\(some.count) values", value: .list(some), isSeveral: true))
        }
        choices += absent(like: middle).map { choice("absent", $0, occurs: false) }
        return choices
    }

    /// Values of the same kind that hardly any list has; a service may refuse some.
    private static func absent(like value: JSONValue) -> [JSONValue] {
        switch value {
        case .text(let text) where text.count == 36 && text.filter({ $0 == "-" }).count == 4:
            [.text(text.prefix(24) + "ffffffffffff")]
        case .text(let text) where Int64(text) != nil: [.text("999998")]
        case .text: [.text("1999z"), .text("npq-none"), .text("99")]
        default: [.integer(999_998)]
        }
    }

    /// A list between two times, or as of a day: everything, about half, nothing.
    private static func days(_ field: FieldInfo, _ rows: ListRows) -> [(label: String, value: JSONValue, occurs: Bool)] {
        func day(_ year: Int64) -> JSONValue { .object(["year": .integer(year), "month": .integer(1), "day": .integer(1)]) }
        let isInstant = field.messageName == "google.protobuf.Timestamp"
        let known = isInstant ? rows.instants : rows.days
        let early: JSONValue = isInstant ? .text("1970-01-01T00:00:00Z") : day(1970)
        let late: JSONValue = isInstant ? .text("2100-01-01T00:00:00Z") : day(2100)
        let middle = known.isEmpty ? [] : [(label: "middle", value: known[known.count / 2], occurs: true)]
        return middle + [("early", early, false), ("late", late, false)]
    }

    /// Whole words and beginnings of what rows are called.
    private static func words(_ rows: ListRows) -> [(label: String, text: String)] {
        var words: [(label: String, text: String)] = []
        for name in searched {
            let texts = rows.values(name).compactMap { value -> String? in
                switch value {
                case .text(let text): text
                case .integer(let number): String(number)
                default: nil
                }
            }.filter { !$0.isEmpty }
            guard !texts.isEmpty else { continue }
            let text = texts[texts.count / 2]
            let word = text.split(separator: " ").first.map(String.init) ?? text
            words.append((label: "whole \(name)", text: text))
            guard text.contains(" ") else { continue }
            words.append((label: "word of \(name)", text: word))
            words.append((label: "beginning of \(name)", text: String(word.prefix(2))))
            words.append((label: "letter of \(name)", text: String(word.prefix(1))))
        }
        return words
    }
}
