import Testing
import Values
@testable import DiagnosticsService

@Suite("Which answers are taken")
struct AnswerTests {
    private let instrument = SmallCatalogue.instrument()

    private func faults(_ given: [GivenAnswer]) -> [String] {
        do throws(DiagnosticsRefusal) {
            _ = try AnswerRules.choices(given, instrument)
            return []
        } catch {
            guard case .invalid(let faults) = error else { return ["\(error)"] }
            return faults.map { "\($0.field) \($0.message)" }
        }
    }

    @Test("every point of the scale is taken, the first and the last, and nothing beside it", arguments: -1...7)
    func scale(value: Int) {
        let found = faults([.init(itemID: "calm-1", choice: .value(value))])
        #expect(found == ((1...5).contains(value) ? [] : ["answers[0].value must be 1 to 5"]))
    }

    @Test("cannot say is taken for every item")
    func cannotSay() {
        #expect(faults(instrument.items.map { GivenAnswer(itemID: $0.id, choice: .cannotSay) }).isEmpty)
    }

    @Test("all that is wrong is named at once")
    func all() {
        let given: [GivenAnswer] = [
            .init(itemID: "calm-1", choice: .value(5)), .init(itemID: "calm-9", choice: .value(9)),
            .init(itemID: "calm-1", choice: .value(4)), .init(itemID: "plans-1", choice: nil),
            .init(itemID: "", choice: .cannotSay),
        ]
        #expect(faults(given) == [
            "answers[1].itemId must be an item of small version 1", "answers[1].value must be 1 to 5",
            "answers[2].itemId must be named once", "answers[3] must have a value or cannotSay",
            "answers[4].itemId must be an item of small version 1",
        ])
    }

    @Test("1 to 200 answers are taken at once", arguments: [(0, false), (1, true), (200, true), (201, false)])
    func count(count: Int, isTaken: Bool) {
        let large = SmallCatalogue.instrument(items: 150)
        let given = large.items.prefix(count).map { GivenAnswer(itemID: $0.id, choice: .value(1)) }
        let isRefused = (try? AnswerRules.choices(given, large)) == nil
        #expect(isRefused == !isTaken)
    }

    @Test("what is held already changes nothing, what is new and what is different is kept and counted")
    func change() {
        let (then, now) = (Harness.start, Harness.start + .seconds(60))
        let held = [
            Answer(itemID: "calm-1", choice: .value(2), answeredAt: then),
            Answer(itemID: "calm-2", choice: .cannotSay, answeredAt: then),
        ]
        let same = AnswerRules.change([("calm-1", .value(2)), ("calm-2", .cannotSay)], held: held, at: now)
        #expect(same == AnswerRules.Change(answers: [], new: 0))
        let change = AnswerRules.change(
            [("calm-1", .cannotSay), ("calm-2", .value(5)), ("plans-1", .value(1))], held: held, at: now)
        #expect(change.new == 1 && change.answers == [
            Answer(itemID: "calm-1", choice: .cannotSay, answeredAt: now),
            Answer(itemID: "calm-2", choice: .value(5), answeredAt: now),
            Answer(itemID: "plans-1", choice: .value(1), answeredAt: now),
        ])
    }
}
