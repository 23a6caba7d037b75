import Values

/// What is counted at a school.
struct SchoolTally: Hashable, Sendable {
    var candidates: Int64 = 0
    var participants: Int64 = 0
    var places: Int64 = 0
    var events: Int64 = 0

    static func += (left: inout SchoolTally, right: SchoolTally) {
        left.candidates += right.candidates
        left.participants += right.participants
        left.places += right.places
        left.events += right.events
    }
}

/// What is counted of a partner itself, wherever the people work.
struct PartnerTally: Hashable, Sendable {
    var applications: Int64 = 0
    var participants: Int64 = 0
    var events: Int64 = 0

    static func += (left: inout PartnerTally, right: PartnerTally) {
        left.applications += right.applications
        left.participants += right.participants
        left.events += right.events
    }
}

/// What one record adds to the counts: to a school's, to a partner's, to both or to none.
struct Tally: Hashable, Sendable {
    var school: URN?
    var schoolTally = SchoolTally()
    var partner: UUIDv7?
    var partnerTally = PartnerTally()

    /// Of a record that is not held.
    static let none = Tally()
}

/// The differences that a change of one record makes.
struct TallyChange: Hashable, Sendable {
    /// Without noughts.
    private(set) var schools: [URN: SchoolTally] = [:]
    private(set) var partners: [UUIDv7: PartnerTally] = [:]

    init(from old: Tally, to new: Tally) {
        add(old, sign: -1)
        add(new, sign: 1)
        schools = schools.filter { $0.value != SchoolTally() }
        partners = partners.filter { $0.value != PartnerTally() }
    }

    private mutating func add(_ tally: Tally, sign: Int64) {
        if let school = tally.school {
            let counts = tally.schoolTally
            schools[school, default: SchoolTally()] += SchoolTally(
                candidates: sign * counts.candidates, participants: sign * counts.participants,
                places: sign * counts.places, events: sign * counts.events)
        }
        if let partner = tally.partner {
            let counts = tally.partnerTally
            partners[partner, default: PartnerTally()] += PartnerTally(
                applications: sign * counts.applications, participants: sign * counts.participants,
                events: sign * counts.events)
        }
    }
}
