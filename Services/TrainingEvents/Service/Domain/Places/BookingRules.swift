import Values

/// What comes of somebody's wish for a place.
enum BookingDecision: Hashable, Sendable {
    /// Book; an entry of the waiting list is used up by it.
    case book(using: WaitingEntry?)
    case wait(WaitingPriority)
}

/// What is held about somebody who wants a place.
struct BookingFacts: Hashable, Sendable {
    var participant: Participant?
    /// Has a place at this event already.
    var hasPlace = false
    /// Their entry that is waiting or offered.
    var openEntry: WaitingEntry?
    /// Lost a place of the same programme and module with a cancelled event.
    var isDisplaced = false
}

/// Who may have a place, and who may give one up. Pure: what is held comes as facts, the time as an argument.
enum BookingRules {
    static let longestReason = 1000

    /// - Parameter wait: nil: a place or nothing. Otherwise the class asked for on the waiting list; `.normal` is
    ///   raised to `.displaced` for somebody who was.
    static func decide(
        _ event: TrainingEvent, _ facts: BookingFacts, wait: WaitingPriority?, at now: Instant
    ) throws(EventsRefusal) -> BookingDecision {
        try checkOpen(event, at: now)
        try checkParticipant(facts.participant, event)
        if facts.hasPlace {
            throw .precondition(.alreadyBooked, "The participant has a place at this event already.")
        }
        if let entry = facts.openEntry, entry.isOpenOffer(at: now) { return .book(using: entry) }
        if event.places.free > 0 { return .book(using: facts.openEntry) }
        if facts.openEntry != nil {
            throw .precondition(.alreadyWaiting, "No place is free, and the participant waits for one already.")
        }
        guard let wait else {
            throw .precondition(.noPlace, "No place is free. Set orWait to join the waiting list.")
        }
        guard event.waiting < WaitingEntry.longestList else {
            throw .precondition(.waitingListFull, """
                The waiting list has \(WaitingEntry.longestList) entries, which is the most. Choose another event.
                """)
        }
        return .wait(wait == .normal && facts.isDisplaced ? .displaced : wait)
    }

    /// Places change hands until the event begins.
    static func checkOpen(_ event: TrainingEvent, at now: Instant) throws(EventsRefusal) {
        guard event.status == .scheduled else {
            throw .precondition(.eventClosed, "The event is \(event.status.name): its places no longer change.")
        }
        guard !event.hasBegun(at: now) else {
            throw .precondition(.eventClosed, """
                The event began at \(event.plan.startsAt): its places no longer change. Use the register instead.
                """)
        }
    }

    static func checkParticipant(_ participant: Participant?, _ event: TrainingEvent) throws(EventsRefusal) {
        guard let participant else {
            throw .precondition(.notAParticipant, """
                No accepted application with this id is known here. If it was accepted just now, try again soon.
                """)
        }
        switch participant.state {
        case .active: break
        case .deferred:
            throw .precondition(.notActive, "The participant has deferred. Resume the application first.")
        case .withdrawn:
            throw .precondition(.notActive, "The participant has withdrawn.")
        }
        guard event.subject.programme == participant.programme else {
            throw .precondition(.otherProgramme, """
                The event is for \(event.subject.programme), and the application for \(participant.programme).
                """)
        }
    }

    /// Judges giving a place up.
    static func checkEnd(
        _ booking: Booking, _ event: TrainingEvent, expectedVersion: Int64, at now: Instant
    ) throws(EventsRefusal) {
        try checkVersion("booking", booking.version, expected: expectedVersion)
        guard booking.status == .booked else {
            throw .precondition(.bookingEnded, "The booking is \(booking.status.name) already.")
        }
        try checkOpen(event, at: now)
    }

    /// An edit that names no version (0) takes the record as it is.
    static func checkVersion(_ kind: String, _ version: Int64, expected: Int64) throws(EventsRefusal) {
        guard expected == 0 || version == expected else {
            throw .versionIsOld(kind: kind, expected: expected, actual: version)
        }
    }
}
