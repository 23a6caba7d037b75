import Contracts
import Wire

/// Whether places were ever given away twice, by the rows as they are and by the feed as it went.
struct PlacesCheck {
    let store: any StoreRows
    let traces: StoreTraces

    func problems() async throws -> [String] {
        try await counts() + history() + attendance()
    }

    /// The counts of each event are those of its rows, and fit its capacity.
    private func counts() async throws -> [String] {
        let rows = try await store.rows(
            """
            SELECT id, capacity, reserved, blocked, booked, offered, waiting,
            (SELECT COUNT(*) FROM bookings WHERE event_id = e.id AND status = 1),
            (SELECT COUNT(DISTINCT candidate_id) FROM bookings WHERE event_id = e.id AND status = 1),
            (SELECT COUNT(*) FROM waiting_entries WHERE event_id = e.id AND status = 2),
            (SELECT COUNT(*) FROM waiting_entries WHERE event_id = e.id AND status = 1)
            FROM events e
            """)[0]
        return rows.compactMap { row in
            let n = row.dropFirst().map { Int($0) ?? -1 }
            let (capacity, reserved, blocked, booked, offered, waiting) = (n[0], n[1], n[2], n[3], n[4], n[5])
            let isRight =
                booked + offered + reserved + blocked <= capacity && booked == n[6] && booked == n[7] && offered == n[8]
                && waiting == n[9]
            return isRight ? nil : "event \(row[0]) counts wrongly: \(row)"
        }
    }

    /// After no change of the feed were more places taken than there were. Changes of one moment are one change.
    private func history() throws -> [String] {
        var problems: [String] = []
        var capacity: [String: Int] = [:]
        var taken: [String: Set<String>] = [:]
        var touched: Set<String> = []
        func settle() {
            for event in touched where (taken[event]?.count ?? 0) > (capacity[event] ?? 0) {
                problems.append("event \(event) had \(taken[event]?.count ?? 0) of \(capacity[event] ?? 0) places taken")
            }
            touched = []
        }
        for (index, told) in traces.events.enumerated() {
            if index > 0, traces.events[index - 1].at != told.at { settle() }
            switch told.payloadType {
            case TrainingEventsV1.EventChanged.messageName:
                let event = try TrainingEventsV1.EventChanged(decoding: told.payload).event
                capacity[told.subject] = event.map { Int($0.capacity - $0.reserved - $0.blocked) } ?? 0
                touched.insert(told.subject)
            case TrainingEventsV1.BookingChanged.messageName:
                guard let booking = try TrainingEventsV1.BookingChanged(decoding: told.payload).booking else { continue }
                note(booking.id, takes: booking.status == .booked, in: &taken[booking.eventId, default: []])
                touched.insert(booking.eventId)
            case TrainingEventsV1.WaitingChanged.messageName:
                guard let entry = try TrainingEventsV1.WaitingChanged(decoding: told.payload).entry else { continue }
                note(entry.id, takes: entry.status == .offered, in: &taken[entry.eventId, default: []])
                touched.insert(entry.eventId)
            default: continue
            }
        }
        settle()
        return problems
    }

    private func note(_ id: String, takes: Bool, in taken: inout Set<String>) {
        if takes { taken.insert(id) } else { taken.remove(id) }
    }

    /// The lines of an event's register are 1, 2, 3 …
    private func attendance() async throws -> [String] {
        try await store.rows("SELECT event_id, COUNT(*), MAX(number) FROM attendance GROUP BY event_id")[0]
            .filter { $0[1] != $0[2] }.map { "the register of event \($0[0]) has \($0[1]) lines up to number \($0[2])" }
    }
}
