package import Contracts
package import Values

/// How somebody answers a questionnaire: how true things are of them on the whole, and how evenly.
package struct AnswerStyle: Hashable, Sendable {
    /// Of the scale, from its lowest point (0) to its highest (1).
    package var level: Double
    /// How far single answers lie from it.
    package var spread: Double
    /// Share of items that they cannot say anything of.
    package var cannotSay: Double
    package var seed: UInt64

    package init(level: Double, spread: Double, cannotSay: Double, seed: UInt64) {
        self.level = level
        self.spread = spread
        self.cannotSay = cannotSay
        self.seed = seed
    }

    package init(using random: inout SeededGenerator) {
        level = min(0.95, max(0.2, 0.6 + 0.14 * random.nearNought()))
        spread = Double.random(in: 0.12...0.22, using: &random)
        cannotSay = random.chance(0.3) ? 0.1 : 0.01
        seed = random.next()
    }

    /// An answer to each item, in the instrument's order. Each competence is a little stronger or weaker than the person
    /// is on the whole.
    package func answers(to instrument: DiagnosticsV1.Instrument) -> [DiagnosticsV1.Answer] {
        let points = instrument.scale.map(\.value).sorted()
        guard !points.isEmpty else { return [] }
        var random = SeededGenerator(seed: seed)
        var strengths: [String: Double] = [:]
        return instrument.items.map { item in
            let strength = strengths[item.competence] ?? 0.1 * random.nearNought()
            strengths[item.competence] = strength
            let place = min(1, max(0, level + strength + spread * random.nearNought()))
            let isUnsaid = random.chance(cannotSay)
            return DiagnosticsV1.Answer(
                itemId: item.id,
                choice: isUnsaid ? .cannotSay(true) : .value(points[Int((place * Double(points.count - 1)).rounded())]))
        }
    }
}

extension SeededGenerator {
    mutating func chance(_ probability: Double) -> Bool { Double.random(in: 0..<1, using: &self) < probability }

    /// An element of a list that is not empty.
    mutating func pick<Element>(_ list: [Element]) -> Element { list[Int.random(in: 0..<list.count, using: &self)] }

    /// Distributed about as errors are, with a standard deviation of 1: the sum of twelve even chances.
    mutating func nearNought() -> Double {
        (0..<12).reduce(-6.0) { sum, _ in sum + Double.random(in: 0..<1, using: &self) }
    }
}
