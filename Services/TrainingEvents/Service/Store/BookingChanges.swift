import Storage
import Values

/// A wish for a place.
struct PlaceWish: Hashable, Sendable {
    var eventID: UUIDv7
    var applicationID: String
    /// Nil: a place or nothing.
    var wait: WaitingPriority?
    var booksWithoutAsking = false
}

/// What came of it.
enum PlaceOutcome: Hashable, Sendable {
    case booked(Booking)
    case waits(WaitingEntry)
}

/// Booking, cancelling and moving.
extension TrainingEventsStore {
    func bookPlace(
        _ wish: PlaceWish, _ mutation: Mutation, reply: @escaping @Sendable (PlaceOutcome) -> [UInt8]
    ) async throws -> [UInt8] {
        try EventRules.checkReason(mutation.reason)
        if let priority = wish.wait { try WaitingRules.checkPriority(priority, reason: mutation.reason) }
        return try await change(mutation) { work in
            var event = try work.settled(wish.eventID)
            let facts = try work.facts(wish.applicationID, event)
            let decision = try BookingRules.decide(event, facts, wait: wish.wait, at: work.now)
            let outcome: PlaceOutcome
            switch decision {
            case .book(let entry):
                outcome = .booked(try work.book(try facts.known(), at: &event, using: entry))
            case .wait(let priority):
                let participant = try facts.known()
                let entry = WaitingEntry(
                    id: identifiers.next(), eventID: event.id, candidateID: participant.candidateID,
                    applicationID: participant.applicationID, priority: priority, joinedAt: work.now,
                    booksWithoutAsking: wish.booksWithoutAsking, version: RecordVersion.first)
                try work.join(entry, &event)
                outcome = .waits(entry)
            }
            try work.save(event)
            return reply(outcome)
        }
    }

    func cancelBooking(
        _ id: UUIDv7, expectedVersion: Int64, _ mutation: Mutation, reply: @escaping @Sendable (Booking) -> [UInt8]
    ) async throws -> [UInt8] {
        try EventRules.checkReason(mutation.reason)
        return try await change(mutation) { work in
            guard let booking = try BookingTable.find(id, work.writer) else { throw EventsNotFound.booking(id) }
            var event = try work.settled(booking.eventID)
            try BookingRules.checkEnd(booking, event, expectedVersion: expectedVersion, at: work.now)
            let ended = try work.end(booking, as: .cancelled, mutation.reason, of: &event)
            try work.release(&event)
            try work.save(event)
            return reply(ended)
        }
    }

    /// Gives up one place and takes another, both or neither.
    func moveBooking(
        _ id: UUIDv7, to target: UUIDv7, expectedVersion: Int64, _ mutation: Mutation,
        reply: @escaping @Sendable (Booking) -> [UInt8]
    ) async throws -> [UInt8] {
        try EventRules.checkReason(mutation.reason)
        return try await change(mutation) { work in
            guard let booking = try BookingTable.find(id, work.writer) else { throw EventsNotFound.booking(id) }
            guard booking.eventID != target else {
                throw EventsRefusal.precondition(.sameEvent, "The booking is for this event already.")
            }
            // In the order of their ids, so that two moves in opposite directions never wait for each other.
            var events: [UUIDv7: TrainingEvent] = [:]
            for eventID in [booking.eventID, target].sorted() { events[eventID] = try work.settled(eventID) }
            guard var from = events[booking.eventID], var to = events[target] else {
                throw EventsNotFound.event(target)
            }
            try BookingRules.checkEnd(booking, from, expectedVersion: expectedVersion, at: work.now)
            let facts = try work.facts(booking.applicationID, to)
            guard case .book(let entry) = try BookingRules.decide(to, facts, wait: nil, at: work.now) else {
                throw EventsRefusal.precondition(.noPlace, "No place is free at the other event.")
            }
            let made = try work.book(try facts.known(), at: &to, using: entry)
            _ = try work.end(booking, as: .moved, mutation.reason, of: &from)
            try work.release(&from)
            for event in [from, to].sorted(by: { $0.id < $1.id }) { try work.save(event) }
            return reply(made)
        }
    }
}

extension BookingFacts {
    /// Only after the rules have let them through.
    func known() throws(EventsRefusal) -> Participant {
        guard let participant else { throw .precondition(.notAParticipant, "No accepted application is known.") }
        return participant
    }
}

extension PlaceWork {
    /// What is held about somebody who wants a place at an event.
    func facts(_ applicationID: String, _ event: TrainingEvent) throws -> BookingFacts {
        guard let participant = try ParticipantTable.find(applicationID, writer) else { return BookingFacts() }
        let displaced = try writer.row("""
            SELECT 1 FROM bookings b JOIN events e ON e.id = b.event_id
            WHERE b.candidate_id = \(participant.candidateID) AND b.status = \(BookingStatus.released.rawValue)
            AND b.status_reason = \(Booking.eventCancelled) AND e.programme = \(event.subject.programme)
            AND e.module = \(event.subject.module) LIMIT 1
            """)
        return BookingFacts(
            participant: participant, hasPlace: try hasPlace(participant.candidateID, at: event),
            openEntry: try openEntry(participant.candidateID, at: event), isDisplaced: displaced != nil)
    }
}
