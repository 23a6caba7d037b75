import Values

/// What may be done with an application, and what it then is. Pure: what is held comes as arguments.
struct ApplicationRules {
    var application: Application
    /// The version of the programme that holds for it.
    var programme: Programme

    init(_ application: Application, _ programme: Programme) {
        self.application = application
        self.programme = programme
    }

    private func refusal(_ rule: String, _ message: String) -> EnrolmentRefusal {
        .precondition(rule: rule, subject: "applications/\(application.id)", message: message)
    }

    // MARK: Decision

    /// - Parameters:
    ///   - others: the person's other applications, and those of whoever has the same TRN.
    ///   - today: the day that the acceptance windows are looked at.
    func accept(
        schedule named: String?, fundedPlace: Bool?, cohort: Cohort, others: [OtherApplication], at now: Instant,
        today: CalendarDate
    ) throws(EnrolmentRefusal) -> Application {
        try FundedPlaceRules.checkGiven(fundedPlace, cohort)
        let next = try move(.accept)
        if others.contains(where: { $0.isAcceptedAndNotWithdrawn(application.programme, application.cohortID) }) {
            throw refusal("OTHER_APPLICATION_ACCEPTED", """
                Another application of this person for the same programme and cohort is accepted. Withdraw or reject \
                that one first, or reject this one.
                """)
        }
        let place = try FundedPlaceRules.place(
            fundedPlace, cohort, isEligible: application.isEligibleForFunding,
            wasFundedBefore: others.contains { $0.wasFunded(for: application.programme) })
        let schedule = try ScheduleRules.schedule(named, for: programme.group, in: cohort, today: today)
        var accepted = application
        accepted.approval = next
        accepted.training = .active
        accepted.schedule = schedule.identifier
        accepted.fundedPlace = place
        accepted.acceptedAt = now
        accepted.statusReason = ""
        return accepted
    }

    func reject() throws(EnrolmentRefusal) -> Application {
        let next = try move(.reject)
        guard application.declared.isEmpty else {
            throw refusal("DECLARED", """
                A participant for whom something was declared cannot be rejected any more. Withdraw the participant.
                """)
        }
        return rejected(next, StatusReasons.rejectedByProvider)
    }

    func supersede() throws(EnrolmentRefusal) -> Application {
        rejected(try move(.supersede), StatusReasons.otherAccepted)
    }

    private func rejected(_ next: ApprovalStatus, _ reason: String) -> Application {
        var rejected = application
        rejected.approval = next
        rejected.training = nil
        rejected.deferredOn = nil
        rejected.schedule = nil
        rejected.fundedPlace = nil
        rejected.statusReason = reason
        return rejected
    }

    private func move(_ move: ApprovalMove) throws(EnrolmentRefusal) -> ApprovalStatus {
        guard let next = application.approval.after(move) else {
            let advice = application.approval == .rejected ? " Rejection is final: the person applies again." : ""
            throw refusal("WRONG_APPROVAL_STATUS", "The application is \(application.approval.name) already.\(advice)")
        }
        return next
    }

    // MARK: Training

    func `defer`(_ reason: String, today: CalendarDate) throws(EnrolmentRefusal) -> Application {
        try check(reason, StatusReasons.defer)
        let next = try move(.defer)
        if programme.deferNeedsDeclaration, application.declared.isEmpty {
            throw refusal("NOTHING_DECLARED", """
                \(programme.shortCode) needs a declaration before a participant can be deferred. Record one, or reject \
                the application.
                """)
        }
        var deferred = application
        deferred.training = next
        deferred.statusReason = reason
        deferred.deferredOn = today
        return deferred
    }

    func resume(today: CalendarDate) throws(EnrolmentRefusal) -> Application {
        let next = try move(.resume)
        if let limit = programme.deferralLimitMonths, let since = application.deferredOn,
           let end = since.adding(months: limit), today > end {
            throw refusal("DEFERRAL_TOO_LONG", """
                The participant was deferred on \(since), more than \(limit) months ago. \(programme.shortCode) cannot \
                be resumed any more: withdraw the participant.
                """)
        }
        var resumed = application
        resumed.training = next
        resumed.statusReason = ""
        resumed.deferredOn = nil
        return resumed
    }

    func withdraw(_ reason: String) throws(EnrolmentRefusal) -> Application {
        try check(reason, StatusReasons.withdraw)
        let next = try move(.withdraw)
        if programme.withdrawNeedsStarted, !application.declared.contains(.started) {
            throw refusal("NOT_STARTED", """
                \(programme.shortCode) needs the declaration \(DeclarationType.started.name) before a participant can \
                be withdrawn. Record it, or reject the application.
                """)
        }
        var withdrawn = application
        withdrawn.training = next
        withdrawn.statusReason = reason
        // The deferral is kept in mind: resuming from a withdrawal does not make its time longer.
        return withdrawn
    }

    /// Declarations are made once each, in the order of training.
    func declare(_ type: DeclarationType) throws(EnrolmentRefusal) -> Application {
        _ = try move(.declare)
        guard let place = programme.declarations.firstIndex(of: type) else {
            let allowed = programme.declarations.map(\.name).joined(separator: ", ")
            throw refusal("DECLARATION_NOT_ALLOWED", "\(programme.shortCode) allows the declarations \(allowed) only.")
        }
        guard !application.declared.contains(type) else {
            throw refusal("DECLARED_ALREADY", "\(type.name) was declared already.")
        }
        if let missing = programme.declarations[..<place].first(where: { !application.declared.contains($0) }) {
            throw refusal("DECLARATION_OUT_OF_ORDER", "\(missing.name) has to be declared before \(type.name).")
        }
        var declared = application
        declared.declared.append(type)
        return declared
    }

    private func move(_ move: TrainingMove) throws(EnrolmentRefusal) -> TrainingStatus {
        guard application.approval == .accepted, let training = application.training else {
            throw refusal("NOT_ACCEPTED", "The application is \(application.approval.name). Accept it first.")
        }
        guard let next = training.after(move) else {
            throw refusal("WRONG_TRAINING_STATUS", "The participant is \(training.name) already.")
        }
        return next
    }

    private func check(_ reason: String, _ allowed: Set<String>) throws(EnrolmentRefusal) {
        guard !allowed.contains(reason) else { return }
        let list = allowed.sorted().joined(separator: ", ")
        throw .invalid([FieldFault(field: "statusReason", message: "must be one of \(list)")])
    }
}
