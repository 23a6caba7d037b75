/// What the answers say of one competence.
struct CompetenceScore: Hashable, Sendable {
    var competence: Competence
    var items: Int
    /// Items answered by a point of the scale: what the score rests on.
    var responses: Int
    var cannotSay: Int
    /// In points of the scale; nil if too few items were answered.
    var mean: Double?
    /// Of the responses, as a sample; nil without a mean, and of one response.
    var standardDeviation: Double?
    /// Of the mean; nil where the standard deviation is.
    var standardError: Double?
    /// How many responses each point of the scale got, from the lowest.
    var distribution: [Int]
}

/// What a submitted diagnostic says: competence by competence, never one mark of all.
struct Profile: Hashable, Sendable {
    var diagnostic: Diagnostic
    /// In the framework's order.
    var scores: [CompetenceScore]
    var scalePoints: Int

    /// - Parameter framework: The one that the instrument was made for.
    init(_ diagnostic: Diagnostic, _ answers: [Answer], _ instrument: Instrument, _ framework: Framework) {
        self.diagnostic = diagnostic
        scalePoints = instrument.scale.count
        let choices = Dictionary(uniqueKeysWithValues: answers.map { ($0.itemID, $0.choice) })
        scores = framework.competences.map { competence in
            let items = instrument.items.filter { $0.competence == competence.id }
            return CompetenceScore(
                competence, choices: items.map { choices[$0.id] }, scalePoints: instrument.scale.count,
                minimumAnsweredPercent: instrument.minimumAnsweredPercent)
        }
    }
}

extension CompetenceScore {
    /// - Parameter choices: One for each of the competence's items; nil: not answered.
    init(_ competence: Competence, choices: [Choice?], scalePoints: Int, minimumAnsweredPercent: Int) {
        var distribution = Array(repeating: 0, count: scalePoints)
        var cannotSay = 0
        for choice in choices {
            switch choice {
            case .value(let value) where (1...scalePoints).contains(value): distribution[value - 1] += 1
            case .cannotSay: cannotSay += 1
            case .value, nil: break
            }
        }
        let count = distribution.reduce(0, +)
        self.init(competence: competence, items: choices.count, responses: count, cannotSay: cannotSay,
                  distribution: distribution)
        guard count > 0, count * 100 >= choices.count * minimumAnsweredPercent else { return }
        let points = distribution.enumerated().map { (value: $0 + 1, count: $1) }
        let sum = points.reduce(0) { $0 + $1.value * $1.count }
        mean = Double(sum) / Double(count)
        guard count > 1 else { return }
        // n(n−1) times the variance is a whole number: answers that are all the same deviate by 0 exactly.
        let squares = points.reduce(0) { $0 + $1.value * $1.value * $1.count }
        let variance = Double(count * squares - sum * sum) / Double(count * (count - 1))
        standardDeviation = variance.squareRoot()
        standardError = (variance / Double(count)).squareRoot()
    }
}
