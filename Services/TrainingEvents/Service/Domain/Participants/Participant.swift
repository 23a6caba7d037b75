import Values

/// Where somebody's training stands.
enum ParticipantState: Int, CaseIterable, Hashable, Sendable {
    case active = 1
    /// Keeps places, takes no new ones.
    case deferred = 2
    /// Has left, or was rejected after all.
    case withdrawn = 3
}

/// Somebody with an accepted application, as Enrolment tells. Names stay there.
struct Participant: Hashable, Sendable {
    var applicationID: String
    var candidateID: String
    var programme: String
    var cohortID: String
    var school: URN?
    var state: ParticipantState
    /// Of the application, in Enrolment: what is older than what is held is not applied.
    var version: Int64

    var mayBook: Bool { state == .active }
}
