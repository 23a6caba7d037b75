import Values

enum EventStatus: Int, CaseIterable, Hashable, Sendable {
    case scheduled = 1
    case cancelled = 2
    case held = 3

    var name: String {
        switch self {
        case .scheduled: "scheduled"
        case .cancelled: "cancelled"
        case .held: "held"
        }
    }
}

struct Venue: Hashable, Sendable {
    var name = ""
    var postcode: Postcode?
    var school: URN?
    var isOnline = false
}

/// A dated part of an event: what the register is taken for.
struct EventPart: Hashable, Sendable {
    /// From 1.
    var number: Int
    var title: String
    var startsAt: Instant
    var endsAt: Instant
}

/// What an event is for; fixed once it is scheduled.
struct EventSubject: Hashable, Sendable {
    var programme = ""
    var module = ""
    var cohortID = ""
    var partnerID: String?
}

/// What people may edit of an event.
struct EventPlan: Hashable, Sendable {
    var title: String
    var venue = Venue()
    /// In order of time; at least one.
    var parts: [EventPart]
    var capacity: Int
    /// Below this many bookings the event is not viable.
    var minimum = 0
    /// Places kept for partners.
    var reserved = 0
    /// Places kept back by staff.
    var blocked = 0

    var startsAt: Instant { parts.first?.startsAt ?? .epoch }
    var endsAt: Instant { parts.last?.endsAt ?? .epoch }
}

/// Something that people come to, with a number of places.
struct TrainingEvent: Hashable, Sendable {
    var id: UUIDv7
    var subject: EventSubject
    var plan: EventPlan
    var status = EventStatus.scheduled
    /// Places held by bookings.
    var booked = 0
    /// Places held for offers.
    var offered = 0
    /// People who wait without an offer.
    var waiting = 0
    /// How often places have come free; tells those who passed on one from those who have not been asked since.
    var releases: Int64 = 0
    /// Grows with each edit.
    var version: Int64
    /// Grows with each change of the places too.
    var revision: Int64 = 0

    var places: Places {
        Places(capacity: plan.capacity, booked: booked, offered: offered, reserved: plan.reserved,
               blocked: plan.blocked)
    }

    func hasBegun(at now: Instant) -> Bool { now >= plan.startsAt }
    func hasEnded(at now: Instant) -> Bool { now >= plan.endsAt }
}
