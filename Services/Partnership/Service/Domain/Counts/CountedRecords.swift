import Values

// What is kept of the other services' records: only what is needed to count them, and nobody's name.

/// A person, counted at the school where they work now: a partner asks who of its schools' staff it has reached.
struct CountedCandidate: Hashable, Sendable {
    let id: String
    /// Nil for those who work at none.
    var school: URN?
    /// Whether they ever applied for something, whatever became of it.
    var hasApplied = false
    /// Of the record, as the feed told; 0 for somebody of whom only an application is known.
    var version: Int64

    var tally: Tally {
        Tally(school: school, schoolTally: SchoolTally(candidates: hasApplied ? 1 : 0))
    }
}

/// An application, counted at the school that it was made with, and for the partner that it came through. Neither moves
/// with the person: who put somebody forward keeps the participant, and the places agree, which are booked by application.
struct CountedApplication: Hashable, Sendable {
    let id: String
    let candidateID: String
    var school: URN?
    var partner: UUIDv7?
    /// Accepted and not withdrawn; whoever is deferred is one.
    var isParticipant: Bool
    var version: Int64

    var tally: Tally {
        let participants: Int64 = isParticipant ? 1 : 0
        return Tally(school: school, schoolTally: SchoolTally(participants: participants), partner: partner,
                     partnerTally: PartnerTally(applications: 1, participants: participants))
    }
}

/// A booking, counted at the school that TrainingEvents told with it: that of its application. So it needs nothing of
/// another feed, which may be behind.
struct CountedBooking: Hashable, Sendable {
    let id: String
    var school: URN?
    /// Whether it has a place.
    var isPlace: Bool
    var version: Int64

    var tally: Tally {
        Tally(school: school, schoolTally: SchoolTally(places: isPlace ? 1 : 0))
    }
}

/// A training event, counted at the school that is its venue, and for the partner that holds it.
struct CountedEvent: Hashable, Sendable {
    let id: String
    var venue: URN?
    var partner: UUIDv7?
    var isCancelled: Bool
    var version: Int64

    var tally: Tally {
        let events: Int64 = isCancelled ? 0 : 1
        return Tally(school: venue, schoolTally: SchoolTally(events: events), partner: partner,
                     partnerTally: PartnerTally(events: events))
    }
}
