/// Where somebody's application stands.
enum Standing: Hashable, Sendable {
    /// Not accepted yet, or something that this release does not know.
    case undecided
    case active
    case deferred
    /// Withdrawn, or rejected after all.
    case left
}

/// What Enrolment tells of an application.
struct ApplicationState: Hashable, Sendable {
    var participant: Participant
    var standing: Standing
    /// Of the application, in Enrolment: what is older than what was applied is not applied.
    var version: Int64
}

/// What becomes of a diagnostic by news of its application.
enum AssignmentRules {
    enum Effect: Hashable, Sendable {
        case nothing
        case assign
        case move(DiagnosticMove)
    }

    /// - Parameter hasDiagnostic: Whether the application has one already; it never gets another.
    static func effect(of standing: Standing, hasDiagnostic: Bool) -> Effect {
        switch standing {
        case .undecided, .deferred: .nothing
        case .active: hasDiagnostic ? .move(.reopen) : .assign
        case .left: hasDiagnostic ? .move(.close) : .nothing
        }
    }
}
