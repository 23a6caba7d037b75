import Contracts

package struct OnePlacePerPerson: Invariant {
    package let name = "one-place-per-person"
    package let claim = "nobody has two places at one event"
    package let subjects = "standing bookings"

    package init() {}

    private struct Place: Hashable {
        let event: String
        let candidate: String
    }

    package func judge(_ suite: SuiteSnapshot) -> Judgement {
        var seen: [Place: String] = [:]
        var judgement = Judgement()
        for booking in suite.bookings where booking.status == .booked {
            let place = Place(event: booking.eventId, candidate: booking.candidateId)
            let other = seen.updateValue(booking.id, forKey: place)
            judgement.look(at: booking.id, other.map { "is for the same person and event as \($0)" })
        }
        return judgement
    }
}
