import Contracts

/// The counts in an event are those of the bookings and of the waiting list.
package struct CountsEqualRows: Invariant {
    package let name = "counts-equal-rows"
    package let claim = "each event counts its bookings, offers and waiting list right"
    package let subjects = "events"

    package init() {}

    private struct Rows: Equatable {
        var booked: Int32 = 0
        var offered: Int32 = 0
        var waiting: Int32 = 0

        var words: String { "\(booked) booked, \(offered) offered, \(waiting) waiting" }
    }

    package func judge(_ suite: SuiteSnapshot) -> Judgement {
        var rows: [String: Rows] = [:]
        for booking in suite.bookings where booking.status == .booked { rows[booking.eventId, default: Rows()].booked += 1 }
        for entry in suite.waiting {
            switch entry.status {
            case .waiting: rows[entry.eventId, default: Rows()].waiting += 1
            case .offered: rows[entry.eventId, default: Rows()].offered += 1
            default: break
            }
        }
        var judgement = Judgement()
        for event in suite.events {
            let held = rows.removeValue(forKey: event.id) ?? Rows()
            let counted = event.places.map { Rows(booked: $0.booked, offered: $0.offered, waiting: $0.waiting) } ?? Rows()
            judgement.look(at: event.id, counted == held ? nil : "counts \(counted.words), but has \(held.words)")
        }
        for (id, held) in rows.sorted(by: { $0.key < $1.key }) {
            judgement.look(at: id, "is not listed, but has \(held.words)")
        }
        return judgement
    }
}
