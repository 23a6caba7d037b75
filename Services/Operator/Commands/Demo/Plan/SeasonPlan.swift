package import Contracts
package import Values

/// A season before it is played: who applies for what and what becomes of it, down to each answer. Records are named by
/// their places in these lists, because services choose their ids.
package struct SeasonPlan: Hashable, Sendable {
    package var cohorts: [EnrolmentV1.OpenCohortRequest] = []
    package var people: [Person] = []
    package var applications: [PlannedApplication] = []
    package var events: [PlannedEvent] = []
    package var moves: [Move] = []

    package struct Person: Hashable, Sendable {
        package var registration: EnrolmentV1.RegisterCandidateRequest
        /// Where they work later in the season, if they change.
        package var newSchool: Int64?
    }

    /// One place given up for another.
    package struct Move: Hashable, Sendable {
        package var application: Int
        package var from: Int
        package var to: Int
    }
}

/// An application, from submission to the end of the season.
package struct PlannedApplication: Hashable, Sendable {
    package enum Decision: Hashable, Sendable {
        case accept(fundedPlace: Bool?)
        case reject
        /// Nobody has decided yet, or the service does: acceptance of another one rejects it.
        case none
    }

    package enum Step: Hashable, Sendable {
        case declare(EnrolmentV1.DeclarationType)
        case `defer`(String)
        case resume
        case withdraw(String)
        case reject
    }

    /// How far somebody gets with the questionnaire.
    package enum Questionnaire: Hashable, Sendable {
        case untouched, firstSitting, submitted
    }

    package var person: Int
    package var programme: String
    package var cohort: Int
    package var partner: String?
    package var isEligible: Bool
    /// Made again after a rejection: submitted once the earlier ones are decided.
    package var isSecondRound = false
    package var decision: Decision
    /// Before places are booked, and after.
    package var early: [Step] = []
    package var late: [Step] = []
    package var questionnaire = Questionnaire.untouched
    package var answers: AnswerStyle

    package var isAccepted: Bool { if case .accept = decision { true } else { false } }

    /// May book once what comes early has been done.
    package var isActiveEarly: Bool { isAccepted && Self.isActive(early) }
    package var isActiveLate: Bool { isAccepted && Self.isActive(early + late) }

    private static func isActive(_ steps: [Step]) -> Bool {
        var isActive = true
        for step in steps {
            switch step {
            case .declare: break
            case .resume: isActive = true
            case .defer, .withdraw, .reject: isActive = false
            }
        }
        return isActive
    }
}

/// A training event with everybody who wants a place at it.
package struct PlannedEvent: Hashable, Sendable {
    package enum Beginning: Hashable, Sendable {
        case at(Instant)
        /// Minutes after it is scheduled.
        case soon(minutes: Int)
    }

    package struct Part: Hashable, Sendable {
        package var title: String
        /// After the event's beginning.
        package var offset: Duration
        package var length: Duration
    }

    /// Somebody who asks for a place. They ask in the order of the list.
    package struct Wish: Hashable, Sendable {
        package enum Answer: Hashable, Sendable {
            case accept, decline, declineKeepingPosition
        }

        package var application: Int
        package var isBookedWithoutAsking = false
        /// To the offers that come, in order; none: they stay open.
        package var answers: [Answer] = []
        package var attendance = TrainingEventsV1.AttendanceKind.present
    }

    package var title: String
    package var programme: String
    package var module: String
    package var cohort: Int
    package var partner: String?
    package var venue: TrainingEventsV1.Venue
    package var begins: Beginning
    package var parts: [Part]
    package var capacity: Int
    package var reserved = 0
    package var blocked = 0
    package var wishes: [Wish]
    /// Places in `wishes` of those who give their place up; they come among those that find one.
    package var cancellations: [Int] = []
    /// Places that are added when it is full.
    package var growsBy = 0
    package var isCancelled = false
    /// Scheduled when this one is cancelled.
    package var replaces: Int?

    package var minimum: Int { capacity / 3 }
    /// Places that can be booked at first.
    package var open: Int { capacity - reserved - blocked }
    /// It begins so soon that its register is taken in the season.
    package var isSoon: Bool { if case .soon = begins { true } else { false } }
}
