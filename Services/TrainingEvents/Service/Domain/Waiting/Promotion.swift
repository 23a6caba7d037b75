import Values

/// What became of an entry of the waiting list, and why. Kept for good.
struct PromotionDecision: Hashable, Sendable {
    enum Outcome: String, Hashable, Sendable {
        case offered, booked, skipped, expired, declined
    }

    var entryID: UUIDv7
    var outcome: Outcome
    var reason: String
    /// Of an offer.
    var expiresAt: Instant?
}

/// Who is asked when places are free.
enum Promotion {
    /// Somebody who waits, and whether they may take a place at all.
    struct Candidate: Hashable, Sendable {
        var entry: WaitingEntry
        var participant: ParticipantState
    }

    /// Walks the list in the order in which it is served until no place is left. Who cannot be served is passed
    /// over, keeps the position, and is told of with the reason.
    /// - Parameter list: Those who wait without an offer, in any order.
    static func decide(
        _ event: TrainingEvent, _ list: [Candidate], _ terms: OfferTerms, at now: Instant
    ) -> [PromotionDecision] {
        var free = event.places.free
        guard event.status == .scheduled, !event.hasBegun(at: now), free > 0 else { return [] }
        let deadline = terms.deadline(offeredAt: now, startsAt: event.plan.startsAt)
        var decisions: [PromotionDecision] = []
        for candidate in list.sorted(by: { WaitingEntry.isServedFirst($0.entry, $1.entry) }) {
            if free == 0 { break }
            let decision = judge(candidate, event, deadline)
            if decision.outcome != .skipped { free -= 1 }
            decisions.append(decision)
        }
        return decisions
    }

    private static func judge(
        _ candidate: Candidate, _ event: TrainingEvent, _ deadline: Instant?
    ) -> PromotionDecision {
        let entry = candidate.entry
        func outcome(_ outcome: PromotionDecision.Outcome, _ reason: String) -> PromotionDecision {
            PromotionDecision(entryID: entry.id, outcome: outcome, reason: reason)
        }
        switch candidate.participant {
        case .active: break
        case .deferred: return outcome(.skipped, "The participant has deferred.")
        case .withdrawn: return outcome(.skipped, "The participant has withdrawn.")
        }
        if entry.passedAtRelease >= event.releases {
            return outcome(.skipped, "Declined this place, and waits for the next that comes free.")
        }
        let turn = "Next by \(entry.priority.words), then who came first"
        if entry.booksWithoutAsking { return outcome(.booked, "\(turn); asked to be booked without asking.") }
        guard let deadline else {
            return outcome(.skipped, """
                Too near the start for an offer: whoever wants the place books it.
                """)
        }
        var offer = outcome(.offered, "\(turn); open until \(deadline).")
        offer.expiresAt = deadline
        return offer
    }
}

extension WaitingPriority {
    var words: String {
        switch self {
        case .statutory: "a date set by law"
        case .displaced: "having lost a place with a cancelled event"
        case .noFault: "having given a place up through no fault of their own"
        case .normal: "the usual order"
        }
    }
}
