/// A kind of write, and where its traces are.
package enum WriteKind: String, CaseIterable, Sendable {
    case registerPartner, editPartner, addMember, changeMember
    case registerCandidate, editCandidate
    case submit, accept, reject, declare, `defer`, resume, withdraw
    case scheduleEvent, editEvent, cancelEvent
    case book, cancelBooking, moveBooking, acceptOffer, declineOffer, leaveList, attendance
    case startDiagnostic, answerItems, submitDiagnostic

    /// The process that keeps it.
    package var service: String {
        switch self {
        case .registerPartner, .editPartner, .addMember, .changeMember: "partnership"
        case .registerCandidate, .editCandidate, .submit, .accept, .reject, .declare, .defer, .resume, .withdraw:
            "enrolment"
        case .scheduleEvent, .editEvent, .cancelEvent, .book, .cancelBooking, .moveBooking, .acceptOffer,
            .declineOffer, .leaveList, .attendance:
            "training-events"
        case .startDiagnostic, .answerItems, .submitDiagnostic: "diagnostics"
        }
    }

    /// The one entry that it makes in the history: whose, and called what. Other records may change with it. Nil: the
    /// register keeps its lines itself.
    package var trace: (entity: String, change: String)? {
        switch self {
        case .registerPartner: ("partner", "registered")
        case .editPartner: ("partner", "edited")
        case .addMember: ("partner", "member-added")
        case .changeMember: ("partner", "member-edited")
        case .registerCandidate: ("candidate", "registered")
        case .editCandidate: ("candidate", "edited")
        case .submit: ("application", "submitted")
        case .accept: ("application", "accepted")
        case .reject: ("application", "rejected")
        case .declare: ("application", "declared")
        case .defer: ("application", "deferred")
        case .resume: ("application", "resumed")
        case .withdraw: ("application", "withdrawn")
        case .scheduleEvent: ("event", "scheduled")
        case .editEvent: ("event", "edited")
        case .cancelEvent: ("event", "cancelled")
        case .book, .acceptOffer: ("booking", "made")
        case .cancelBooking: ("booking", "cancelled")
        case .moveBooking: ("booking", "moved")
        case .declineOffer: ("waiting", "declined")
        case .leaveList: ("waiting", "withdrawn")
        case .attendance: nil
        case .startDiagnostic: ("diagnostic", "started")
        case .answerItems: ("diagnostic", "answered")
        case .submitDiagnostic: ("diagnostic", "submitted")
        }
    }

    /// Whether the request has a reason, by which its entry in the history is known.
    package var hasReason: Bool { service != "diagnostics" }
}
