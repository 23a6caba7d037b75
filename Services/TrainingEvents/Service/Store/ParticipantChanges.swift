import Storage
import Values

/// What Enrolment's events do here.
extension TrainingEventsStore {
    /// Takes over where somebody's training stands, in the transaction of the follower. News older than what is
    /// held changes nothing, and nobody becomes a participant by leaving, as by a rejection without an acceptance.
    func apply(_ news: Participant, _ mutation: Mutation, _ writer: any Writer) throws {
        let held = try ParticipantTable.find(news.applicationID, writer)
        if let held, held.version >= news.version { return }
        if held == nil, news.state == .withdrawn { return }
        try ParticipantTable.write(news, writer)
        let work = PlaceWork(store: self, writer: writer, mutation: mutation)
        switch news.state {
        case .withdrawn: try work.releaseEverything(of: news)
        case .active where held?.state == .deferred: try work.askAgain(news)
        case .active, .deferred: break
        }
    }
}

extension PlaceWork {
    /// Gives up the places and entries of somebody who has left, at every event that has not begun. A place that
    /// was used stays used.
    fileprivate func releaseEverything(of participant: Participant) throws {
        for id in try events(of: participant) {
            var event = try settled(id)
            if event.status == .scheduled, !event.hasBegun(at: now) {
                try release(participant, at: &event)
            }
            try save(event)
        }
    }

    private func release(_ participant: Participant, at event: inout TrainingEvent) throws {
        let mine: SQL = "event_id = \(event.id) AND application_id = \(participant.applicationID)"
        var hasFreed = false
        for var entry in try WaitingTable.all("\(mine) AND status IN (1, 2)", writer) {
            hasFreed = hasFreed || entry.status == .offered
            try end(&entry, as: .withdrawn, of: &event)
        }
        for booking in try BookingTable.all("\(mine) AND status = 1", writer) {
            _ = try end(booking, as: .released, Booking.participantWithdrawn, of: &event)
            hasFreed = true
        }
        if hasFreed { try release(&event) }
    }

    /// Somebody may be offered places again: where one is free, it is offered now.
    fileprivate func askAgain(_ participant: Participant) throws {
        for id in try events(of: participant) {
            var event = try settled(id)
            try promote(&event)
            try save(event)
        }
    }

    /// The events at which somebody has a place or waits, in the order of their ids.
    private func events(of participant: Participant) throws -> [UUIDv7] {
        try writer.rows("""
            SELECT event_id FROM bookings WHERE application_id = \(participant.applicationID) AND status = 1
            UNION SELECT event_id FROM waiting_entries
            WHERE application_id = \(participant.applicationID) AND status IN (1, 2)
            """).map { try $0.identifier(0) }.sorted()
    }
}
