import Values

enum DiagnosticStatus: Int, CaseIterable, Hashable, Sendable {
    case assigned = 1
    case started = 2
    /// Final: answers can be read, not changed.
    case submitted = 3
    /// The participant left before submitting it.
    case closed = 4
}

/// One candidate's questionnaire for one application.
struct Diagnostic: Hashable, Sendable {
    var id: UUIDv7
    var participant: Participant
    /// The version that it was assigned with; it keeps that to the end.
    var instrument: InstrumentKey
    /// Items of that version.
    var items: Int
    var status = DiagnosticStatus.assigned
    /// Items with an answer, "cannot say" among them.
    var answered = 0
    var assignedAt: Instant
    var startedAt: Instant?
    var submittedAt: Instant?
    var updatedAt: Instant
    var version: Int64
}

/// Whose diagnostic it is, as Enrolment told at acceptance. Names stay there.
struct Participant: Hashable, Sendable {
    var applicationID: String
    var candidateID: String
    var programme: String
    var cohortID: String
    var school: URN?
}
