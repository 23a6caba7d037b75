import ServiceKit
import Storage
import Values

/// One transaction's work on places: what every change of them is made of. It keeps the counts of an event, the
/// rows that they count, the history and the feed together.
///
/// A change begins with ``settled(_:)``, works on the event, and ends with ``save(_:)``. Several events are taken
/// in the order of their ids.
struct PlaceWork {
    let store: TrainingEventsStore
    let writer: any Writer
    let mutation: Mutation

    var now: Instant { mutation.at }

    // MARK: Events

    /// An event with everything done to it that is due by now: offers past their deadline have expired and their
    /// places were given to others, waiting lists of what has begun are closed, and what is over counts as held.
    func settled(_ id: UUIDv7) throws -> TrainingEvent {
        guard var event = try EventTable.find(id, writer) else { throw EventsNotFound.event(id) }
        guard event.status == .scheduled else { return event }
        if event.hasBegun(at: now) {
            try closeWaiting(&event)
            if event.hasEnded(at: now) {
                event.status = .held
                try note(&event, "held", "{}")
            }
        } else if try expireOffers(&event) {
            try promote(&event)
        }
        return event
    }

    func save(_ event: TrainingEvent) throws {
        try EventTable.updatePlaces(event, writer)
    }

    /// A new version of an event, in its history and the feed.
    func note(_ event: inout TrainingEvent, _ change: String, _ detail: String) throws {
        event.version += 1
        try record(event, change, detail)
    }

    func record(_ event: TrainingEvent, _ change: String, _ detail: String) throws {
        try writer.recordHistory(entity: "event", id: event.id.text, version: event.version, change: change,
                                 detailJSON: detail, mutation)
        try tell("event.\(change)", event.id, event.version, store.payloads.event(event))
    }

    // MARK: Bookings

    func hasPlace(_ candidateID: String, at event: TrainingEvent) throws -> Bool {
        try writer.row("""
            SELECT 1 FROM bookings WHERE event_id = \(event.id) AND candidate_id = \(candidateID) AND status = 1
            """) != nil
    }

    /// Takes a place; an entry of the waiting list is used up for good.
    func book(_ participant: Participant, at event: inout TrainingEvent, using entry: WaitingEntry?) throws -> Booking {
        if var entry {
            try end(&entry, as: .accepted, of: &event)
        }
        let booking = Booking(
            id: store.identifiers.next(), eventID: event.id, candidateID: participant.candidateID,
            applicationID: participant.applicationID, offerID: entry?.id, bookedAt: now, version: RecordVersion.first)
        try BookingTable.insert(booking, writer)
        event.booked += 1
        try record(booking, "made", participant.school)
        return booking
    }

    /// Gives a place up. Who waits is not asked yet: that is ``release(_:)``.
    func end(
        _ booking: Booking, as status: BookingStatus, _ reason: String, of event: inout TrainingEvent
    ) throws -> Booking {
        var ended = booking
        (ended.status, ended.statusReason, ended.endedAt) = (status, reason, now)
        ended.version += 1
        try BookingTable.update(ended, writer)
        event.booked -= 1
        try record(ended, status.name, try ParticipantTable.find(ended.applicationID, writer)?.school)
        return ended
    }

    private func record(_ booking: Booking, _ change: String, _ school: URN?) throws {
        try writer.recordHistory(
            entity: "booking", id: booking.id.text, version: booking.version, change: change, mutation)
        try tell("booking.\(change)", booking.id, booking.version, store.payloads.booking(booking, school: school))
    }

    // MARK: Waiting list

    func openEntry(_ candidateID: String, at event: TrainingEvent) throws -> WaitingEntry? {
        try WaitingTable.all(
            "event_id = \(event.id) AND candidate_id = \(candidateID) AND status IN (1, 2)", writer).first
    }

    func join(_ entry: WaitingEntry, _ event: inout TrainingEvent) throws {
        try WaitingTable.insert(entry, writer)
        event.waiting += 1
        try record(entry, "joined")
    }

    /// Ends an entry, or puts one with an offer back in the list, and keeps the event's counts.
    func end(_ entry: inout WaitingEntry, as status: WaitingStatus, told change: String? = nil,
             of event: inout TrainingEvent) throws {
        if entry.status == .offered { event.offered -= 1 } else { event.waiting -= 1 }
        if status == .waiting {
            event.waiting += 1
            entry.offerExpiresAt = nil
        }
        entry.status = status
        entry.version += 1
        try WaitingTable.update(entry, writer)
        try record(entry, change ?? status.name)
    }

    /// Closes everything that is open: the event has begun or is cancelled.
    func closeWaiting(_ event: inout TrainingEvent) throws {
        for var entry in try WaitingTable.all("event_id = \(event.id) AND status IN (1, 2)", writer) {
            try end(&entry, as: .closed, of: &event)
        }
    }

    /// A place came free: whoever is next is asked, those who passed on an earlier one included.
    func release(_ event: inout TrainingEvent) throws {
        event.releases += 1
        try promote(&event)
    }

    /// Offers free places, or books them for those who asked for that, and keeps why.
    func promote(_ event: inout TrainingEvent) throws {
        guard event.places.free > 0, event.waiting > 0 else { return }
        let entries = try WaitingTable.all("event_id = \(event.id) AND status = 1", writer)
        let participants = try ParticipantTable.find(entries.map(\.applicationID), writer)
        let list = entries.map { entry in
            Promotion.Candidate(entry: entry, participant: participants[entry.applicationID]?.state ?? .withdrawn)
        }
        let byID = Dictionary(uniqueKeysWithValues: entries.map { ($0.id, $0) })
        for decision in Promotion.decide(event, list, store.terms, at: now) {
            try keep(decision, event)
            guard var entry = byID[decision.entryID] else { continue }
            if decision.outcome == .booked, let participant = participants[entry.applicationID] {
                _ = try book(participant, at: &event, using: entry)
            } else if decision.outcome == .offered {
                event.waiting -= 1
                event.offered += 1
                (entry.status, entry.offerExpiresAt) = (.offered, decision.expiresAt)
                entry.version += 1
                try WaitingTable.update(entry, writer)
                try record(entry, "offered")
            }
        }
    }

    /// Ends offers that are past their deadline. True if there were any.
    func expireOffers(_ event: inout TrainingEvent) throws -> Bool {
        guard event.offered > 0 else { return false }
        let due = try WaitingTable.all(
            "event_id = \(event.id) AND status = 2 AND offer_expires_at <= \(now)", writer)
        for var entry in due {
            try end(&entry, as: .expired, of: &event)
            try keep(PromotionDecision(entryID: entry.id, outcome: .expired, reason: "Nobody answered in time."), event)
            event.releases += 1
        }
        return !due.isEmpty
    }

    /// Gives open offers an earlier deadline where the event begins earlier now.
    func shortenOffers(_ event: TrainingEvent) throws {
        let bound = event.plan.startsAt - store.terms.notice
        for var entry in try WaitingTable.all(
            "event_id = \(event.id) AND status = 2 AND offer_expires_at > \(bound)", writer) {
            entry.offerExpiresAt = bound
            entry.version += 1
            try WaitingTable.update(entry, writer)
            try record(entry, "offered")
        }
    }

    func keep(_ decision: PromotionDecision, _ event: TrainingEvent) throws {
        try writer.execute("""
            INSERT INTO promotion_decisions (id, event_id, at, entry_id, outcome, reason)
            VALUES (\(store.identifiers.next()), \(event.id), \(now), \(decision.entryID),
                    \(decision.outcome.rawValue), \(decision.reason))
            """)
    }

    func record(_ entry: WaitingEntry, _ change: String) throws {
        try writer.recordHistory(entity: "waiting", id: entry.id.text, version: entry.version, change: change, mutation)
        try tell("waiting.\(change)", entry.id, entry.version, store.payloads.waiting(entry))
    }

    private func tell(_ type: String, _ subject: UUIDv7, _ version: Int64, _ payload: EventPayload) throws {
        try writer.appendEvent(StoredEvent(
            id: store.identifiers.next().text, type: type, subject: subject.text, subjectVersion: version, at: now,
            actor: mutation.actor, payloadType: payload.type, payload: payload.bytes))
    }
}
