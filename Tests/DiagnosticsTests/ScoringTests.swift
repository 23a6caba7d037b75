import Testing
import TestSupport
import Values
@testable import DiagnosticsService

@Suite("Scores")
struct ScoringTests {
    private static let competence = SmallCatalogue.framework.competences[0]

    private func score(_ choices: [Choice?], points: Int = 5, percent: Int = 50) -> CompetenceScore {
        CompetenceScore(Self.competence, choices: choices, scalePoints: points, minimumAnsweredPercent: percent)
    }

    private func score(_ values: [Int]) -> CompetenceScore { score(values.map { .value($0) }) }

    private func isClose(_ found: Double?, _ expected: Double) -> Bool {
        found.map { abs($0 - expected) < 1e-12 } ?? false
    }

    /// Worked with Python's `statistics` module: mean, stdev, and stdev / sqrt(n).
    @Test("mean, spread and error are those of independently worked numbers", arguments: [
        ([1, 2, 5, 4], 3.0, 1.8257418583505538, 0.9128709291752769),
        ([5, 5, 4], 14.0 / 3, 0.5773502691896257, 1.0 / 3),
        ([1, 5], 3.0, 2.8284271247461903, 2.0),
        ([2, 3, 3, 4], 3.0, 0.816496580927726, 0.408248290463863),
        ([1, 1, 1, 5], 2.0, 2.0, 1.0),
    ])
    func worked(values: [Int], mean: Double, deviation: Double, error: Double) {
        let found = score(values)
        #expect(isClose(found.mean, mean) && isClose(found.standardDeviation, deviation), "\(found)")
        #expect(isClose(found.standardError, error), "\(found)")
        #expect(found.responses == values.count && found.items == values.count && found.cannotSay == 0)
    }

    @Test("answers that are all the same have their point as mean, and no spread", arguments: 1...5)
    func same(value: Int) {
        let found = score([value, value, value])
        #expect(found.mean == Double(value) && found.standardDeviation == 0 && found.standardError == 0)
        #expect(found.distribution == (1...5).map { $0 == value ? 3 : 0 })
    }

    @Test("each point counts where it belongs, the first and the last too", arguments: 2...10)
    func categories(points: Int) {
        let found = score((1...points).flatMap { value in Array(repeating: .value(value), count: value) }, points: points)
        #expect(found.distribution == Array(1...points))
    }

    @Test("cannot say counts as an answer and stays out of the score")
    func cannotSay() {
        let found = score([.value(5), .cannotSay, .value(5), .value(4)])
        #expect(found.items == 4 && found.responses == 3 && found.cannotSay == 1)
        #expect(isClose(found.mean, 14.0 / 3) && found.distribution == [0, 0, 0, 1, 2])
    }

    @Test("who can say nothing has no score")
    func nothing() {
        for choices in [[Choice?](repeating: .cannotSay, count: 4), [Choice?](repeating: nil, count: 4), []] {
            let found = score(choices)
            #expect(found.mean == nil && found.standardDeviation == nil && found.standardError == nil)
            #expect(found.responses == 0 && found.distribution == [0, 0, 0, 0, 0])
            #expect(found.cannotSay == choices.count { $0 == .cannotSay })
        }
    }

    @Test("there is a score from half of the items on", arguments: [
        (1, 2, true), (1, 3, false), (2, 3, true), (1, 4, false), (2, 4, true), (2, 5, false), (3, 5, true),
    ])
    func half(answered: Int, items: Int, isScored: Bool) {
        let choices = (0..<items).map { $0 < answered ? Choice.value(4) : .cannotSay }
        #expect(score(choices).mean == (isScored ? 4 : nil))
        #expect((score(choices).standardError == nil) == (!isScored || answered < 2))
    }

    @Test("one response has a mean, and neither spread nor error")
    func one() {
        let found = score([.value(1), .cannotSay])
        #expect(found.mean == 1 && found.standardDeviation == nil && found.standardError == nil)
    }

    @Test("the share that has to be answered is the instrument's", arguments: [(1, true), (75, true), (76, false), (100, false)])
    func share(percent: Int, isScored: Bool) {
        let found = score([.value(2), .value(2), .value(2), .cannotSay], percent: percent)
        #expect((found.mean != nil) == isScored)
    }

    @Test("whatever is answered, the mean is on the scale and the parts add up")
    func random() {
        var generator = Seed.generator(for: "Scores")
        for _ in 0..<500 {
            let choices = (0..<Int.random(in: 1...12, using: &generator)).map { _ -> Choice? in
                [nil, .cannotSay, .value(.random(in: 1...5, using: &generator))].randomElement(using: &generator) ?? nil
            }
            let found = score(choices)
            #expect(found.distribution.reduce(0, +) == found.responses)
            #expect(found.responses + found.cannotSay + choices.count { $0 == nil } == found.items)
            if let mean = found.mean { #expect((1...5).contains(mean)) }
            if let error = found.standardError, let deviation = found.standardDeviation {
                #expect(abs(error * error * Double(found.responses) - deviation * deviation) < 1e-9)
                #expect(deviation <= 4)
            }
        }
    }

    @Test("a profile has every competence in the framework's order, each by its own items")
    func profile() throws {
        let instrument = SmallCatalogue.instrument(items: 2)
        let diagnostic = Diagnostic(
            id: .init(milliseconds: 1, sequence: 0, random: 1),
            participant: Participant(applicationID: "a", candidateID: "c", programme: "p", cohortID: "2017a"),
            instrument: instrument.key, items: 4, assignedAt: Harness.start, updatedAt: Harness.start, version: 1)
        let answers = [("plans-2", Choice.value(5)), ("calm-1", .value(1)), ("plans-1", .value(4)), ("calm-2", .cannotSay)]
            .map { Answer(itemID: $0.0, choice: $0.1, answeredAt: Harness.start) }
        let profile = Profile(diagnostic, answers, instrument, SmallCatalogue.framework)
        #expect(profile.scalePoints == 5 && profile.scores.map(\.competence.id) == ["calm", "plans"])
        #expect(profile.scores.map(\.mean) == [1, 4.5] && profile.scores.map(\.cannotSay) == [1, 0])
    }
}
