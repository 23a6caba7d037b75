/// Whether a competence is how a leader acts or what a leader knows and can do.
enum CompetenceKind: Int, CaseIterable, Hashable, Sendable {
    case behaviour = 1
    case contentArea = 2
}

/// Something that leaders are helped to become better at.
struct Competence: Hashable, Sendable {
    /// "personal-drive"; unique in its framework.
    var id: String
    var kind: CompetenceKind
    var name: String
    var summary: String
}

/// One version of a framework of competences. One that was used never changes.
struct Framework: Hashable, Sendable {
    /// "npq". Stays the same over versions.
    var id: String
    var version: Int
    var name: String
    /// The publication that it follows.
    var source: String
    /// In the order of reports: behaviours, then content areas.
    var competences: [Competence]
}
