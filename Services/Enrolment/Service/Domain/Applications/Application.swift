import Values

/// One person, one programme, one cohort, through decision and training.
struct Application: Hashable, Sendable {
    var id: UUIDv7
    var candidateID: UUIDv7
    var programme: String
    /// The version of the programme whose rules hold for it.
    var programmeVersion: Int
    var cohortID: CohortID
    var approval = ApprovalStatus.pending
    /// Nil until it is accepted.
    var training: TrainingStatus?
    /// Set at acceptance.
    var schedule: String?
    var isEligibleForFunding: Bool
    /// Only in capped and unfunded cohorts, set at acceptance.
    var fundedPlace: Bool?
    var partnerID: UUIDv7?
    /// At the time it was made.
    var employer: Employer?
    /// Why it was rejected, deferred or withdrawn last; empty while none of these.
    var statusReason = ""
    /// In order.
    var declared: [DeclarationType] = []
    /// While deferred: since when.
    var deferredOn: CalendarDate?
    var submittedAt: Instant
    var acceptedAt: Instant?
    var updatedAt: Instant
    var version: Int64

    /// Waits for a decision, or is in training: the person has no second one for the same programme and cohort.
    var isOpen: Bool {
        switch approval {
        case .pending: true
        case .accepted: training != .withdrawn
        case .rejected: false
        }
    }

    var contents: [(field: String, value: String)] {
        [
            ("candidateId", candidateID.text), ("programme", "\(programme) \(programmeVersion)"),
            ("cohortId", cohortID.text), ("approvalStatus", approval.name), ("trainingStatus", training?.name ?? ""),
            ("schedule", schedule ?? ""), ("eligibleForFunding", String(isEligibleForFunding)),
            ("fundedPlace", fundedPlace.map { String($0) } ?? ""), ("partnerId", partnerID?.text ?? ""),
            ("schoolUrn", employer?.urn?.description ?? ""), ("groupUid", employer?.groupUID.map(String.init) ?? ""),
            ("statusReason", statusReason), ("declared", declared.map(\.name).joined(separator: ", ")),
        ]
    }
}

/// An application that another one is weighed against.
struct OtherApplication: Hashable, Sendable {
    var id: UUIDv7
    var programme: String
    var cohortID: CohortID
    var approval: ApprovalStatus
    var training: TrainingStatus?
    var isEligibleForFunding: Bool
    var fundedPlace: Bool?

    /// Counts against a new funded place: accepted, paid for, and for the same programme.
    func wasFunded(for programme: String) -> Bool {
        approval == .accepted && isEligibleForFunding && fundedPlace != false && isSameCourse(as: programme)
    }

    func isAcceptedAndNotWithdrawn(_ programme: String, _ cohort: CohortID) -> Bool {
        approval == .accepted && training != .withdrawn && cohortID == cohort && isSameCourse(as: programme)
    }

    func isPending(_ programme: String, _ cohort: CohortID) -> Bool {
        approval == .pending && cohortID == cohort && isSameCourse(as: programme)
    }

    /// The additional support offer and its successor count as one course.
    private func isSameCourse(as other: String) -> Bool {
        programme == other || (Self.oneCourse.contains(programme) && Self.oneCourse.contains(other))
    }

    private static let oneCourse: Set<String> = ["npq-additional-support-offer", "npq-early-headship-coaching-offer"]
}
