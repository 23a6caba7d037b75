import Values

/// What is counted for one partner and the schools that belong to it on one day.
struct PartnerCounts: Hashable, Sendable {
    struct School: Hashable, Sendable {
        var urn: URN
        var name: String
        var tally: SchoolTally
    }

    var partnerID: UUIDv7
    var asOf: CalendarDate
    /// By name, then URN.
    var schools: [School]
    var own: PartnerTally

    /// Of all its schools.
    var total: SchoolTally {
        schools.reduce(into: SchoolTally()) { $0 += $1.tally }
    }
}
