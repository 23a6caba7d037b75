import Storage
import Values

/// Answering offers and leaving the waiting list.
extension TrainingEventsStore {
    func acceptOffer(
        _ id: UUIDv7, _ mutation: Mutation, reply: @escaping @Sendable (Booking) -> [UInt8]
    ) async throws -> [UInt8] {
        try EventRules.checkReason(mutation.reason)
        return try await change(mutation) { work in
            var (entry, event) = try work.entryAndEvent(id)
            try WaitingRules.checkAnswer(entry, at: work.now)
            let facts = try work.facts(entry.applicationID, event)
            guard case .book(let used) = try BookingRules.decide(event, facts, wait: nil, at: work.now) else {
                throw EventsRefusal.precondition(.noPlace, "No place is free.")
            }
            entry = used ?? entry
            let booking = try work.book(try facts.known(), at: &event, using: entry)
            try work.save(event)
            return reply(booking)
        }
    }

    /// - Parameter keepsPosition: Keep waiting, for the next place that comes free.
    func declineOffer(
        _ id: UUIDv7, keepsPosition: Bool, _ mutation: Mutation, reply: @escaping @Sendable (WaitingEntry) -> [UInt8]
    ) async throws -> [UInt8] {
        try EventRules.checkReason(mutation.reason)
        return try await change(mutation) { work in
            var (entry, event) = try work.entryAndEvent(id)
            try WaitingRules.checkAnswer(entry, at: work.now)
            if keepsPosition { entry.passedAtRelease = event.releases }
            try work.end(&entry, as: keepsPosition ? .waiting : .declined, told: "declined", of: &event)
            let reason = keepsPosition ? "Declined, and keeps the position." : "Declined."
            try work.keep(PromotionDecision(entryID: id, outcome: .declined, reason: reason), event)
            // No release: others who passed on this very place are not asked about it again.
            try work.promote(&event)
            try work.save(event)
            return reply(entry)
        }
    }

    func leaveWaitingList(
        _ id: UUIDv7, _ mutation: Mutation, reply: @escaping @Sendable (WaitingEntry) -> [UInt8]
    ) async throws -> [UInt8] {
        try EventRules.checkReason(mutation.reason)
        return try await change(mutation) { work in
            var (entry, event) = try work.entryAndEvent(id)
            try WaitingRules.checkLeave(entry)
            let hadOffer = entry.status == .offered
            try work.end(&entry, as: .withdrawn, of: &event)
            if hadOffer { try work.release(&event) }
            try work.save(event)
            return reply(entry)
        }
    }
}

extension PlaceWork {
    /// An entry as it is once its event is settled: settling may end it.
    fileprivate func entryAndEvent(_ id: UUIDv7) throws -> (WaitingEntry, TrainingEvent) {
        guard let held = try WaitingTable.find(id, writer) else { throw EventsNotFound.waitingEntry(id) }
        let event = try settled(held.eventID)
        return (try WaitingTable.find(id, writer) ?? held, event)
    }
}
