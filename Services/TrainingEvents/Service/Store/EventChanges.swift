import ServiceKit
import Storage
import Values

/// Scheduling, editing and cancelling events.
extension TrainingEventsStore {
    func scheduleEvent(
        _ subject: EventSubject, _ plan: EventPlan, _ mutation: Mutation,
        reply: @escaping @Sendable (TrainingEvent) -> [UInt8]
    ) async throws -> [UInt8] {
        let id = identifiers.next()
        return try await change(mutation) { work in
            try EventRules.checkNew(subject, plan, reason: mutation.reason, at: work.now)
            let event = TrainingEvent(id: id, subject: subject, plan: plan, version: RecordVersion.first)
            try EventTable.insert(event, work.writer)
            let nothing = plan.contents.map { (field: $0.field, value: "") }
            try work.record(event, "scheduled", ChangedFields.json(from: nothing, to: plan.contents))
            return reply(event)
        }
    }

    /// Places that an edit brings free go to those who wait, in the same transaction.
    func updateEvent(
        _ id: UUIDv7, _ plan: EventPlan, expectedVersion: Int64, _ mutation: Mutation,
        reply: @escaping @Sendable (TrainingEvent) -> [UInt8]
    ) async throws -> [UInt8] {
        try await change(mutation) { work in
            let held = try work.settled(id)
            try EventRules.checkChange(
                of: held, to: plan, expectedVersion: expectedVersion, reason: mutation.reason,
                registered: try Self.registeredParts(of: id, work.writer), at: work.now)
            var event = held
            if held.plan != plan {
                event.plan = plan
                try EventTable.update(event, work.writer)
                if event.offered > 0 {
                    try work.shortenOffers(event)
                    _ = try work.expireOffers(&event)
                }
                if event.places.free > held.places.free { event.releases += 1 }
                try work.promote(&event)
                try work.note(&event, "edited", ChangedFields.json(from: held.plan.contents, to: plan.contents))
            }
            try work.save(event)
            return reply(event)
        }
    }

    /// Releases every booking and closes the waiting list.
    func cancelEvent(
        _ id: UUIDv7, expectedVersion: Int64, _ mutation: Mutation,
        reply: @escaping @Sendable (TrainingEvent) -> [UInt8]
    ) async throws -> [UInt8] {
        try await change(mutation) { work in
            guard var event = try EventTable.find(id, work.writer) else { throw EventsNotFound.event(id) }
            try EventRules.checkCancel(event, expectedVersion: expectedVersion, reason: mutation.reason, at: work.now)
            event.status = .cancelled
            try work.closeWaiting(&event)
            for booking in try BookingTable.all("event_id = \(id) AND status = 1", work.writer) {
                _ = try work.end(booking, as: .released, Booking.eventCancelled, of: &event)
            }
            try work.note(&event, "cancelled", "{}")
            try work.save(event)
            return reply(event)
        }
    }

    private static func registeredParts(of id: UUIDv7, _ reader: any Reader) throws(StoreError) -> Set<Int> {
        var parts: Set<Int> = []
        for row in try reader.rows("SELECT DISTINCT part_number FROM attendance WHERE event_id = \(id)") {
            parts.insert(try row.number(0))
        }
        return parts
    }
}
