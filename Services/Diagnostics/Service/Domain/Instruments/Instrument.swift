/// Which version of which questionnaire.
struct InstrumentKey: Hashable, Sendable {
    var id: String
    var version: Int
}

/// A point of the scale on which items are answered.
struct ScalePoint: Hashable, Sendable {
    /// From 1, without gaps.
    var value: Int
    var label: String
}

/// A statement that the candidate says how true it is of them.
struct Item: Hashable, Sendable {
    /// "commitment-1"; unique in its instrument.
    var id: String
    /// Id of the framework's competence that it speaks of.
    var competence: String
    var text: String
}

/// One version of a questionnaire. Versions come with the release, as data; one that was used never changes.
struct Instrument: Hashable, Sendable {
    var key: InstrumentKey
    var name: String
    /// Shown before the first item: what the answers are for and who sees them.
    var introduction: String
    var frameworkID: String
    var frameworkVersion: Int
    /// Programmes whose participants it is assigned to; none: to all.
    var programmes: [String] = []
    /// By value. "Cannot say" is no point of it.
    var scale: [ScalePoint]
    /// In the order in which they are asked.
    var items: [Item]
    /// Smallest share of a competence's items, in per cent, that has to be answered by a point of the scale for the
    /// competence to have a score.
    var minimumAnsweredPercent: Int

    func isOnScale(_ value: Int) -> Bool {
        (1...scale.count).contains(value)
    }
}
