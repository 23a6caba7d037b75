/// Something that is true of every suite at rest, whatever was asked of it. Judging is pure: what was read of the suite
/// goes in, what is wrong with it comes out.
package protocol Invariant: Sendable {
    /// For programs: "never-oversold".
    var name: String { get }
    /// For people: what holds, as a sentence without its full stop.
    var claim: String { get }
    /// What is counted, in the plural: "events".
    var subjects: String { get }

    func judge(_ suite: SuiteSnapshot) -> Judgement
}

/// What an invariant finds in a suite.
package struct Judgement: Hashable, Sendable {
    /// A record that should not be as it is.
    package struct Offender: Hashable, Sendable {
        package let id: String
        /// What is wrong with it, in numbers and states; never in names.
        package let fault: String

        package init(id: String, fault: String) {
            self.id = id
            self.fault = fault
        }
    }

    /// How many records were looked at.
    package private(set) var checked = 0
    /// How many there are, where only some were looked at.
    package var outOf: Int?
    /// Those that are wrong, in the order in which they were looked at.
    package private(set) var offenders: [Offender] = []

    package init() {}

    package var holds: Bool { offenders.isEmpty }

    /// Counts a record, and keeps it if something is wrong with it.
    mutating func look(at id: String, _ fault: String?) {
        checked += 1
        if let fault { offenders.append(Offender(id: id, fault: fault)) }
    }
}

/// All of them, in the order in which they are shown.
package enum Invariants {
    package static let all: [any Invariant] =
        [
            FollowersAtEnds(), NeverOversold(), CountsEqualRows(), OnePlacePerPerson(), NobodyWaitsInVain(),
            OneAcceptedApplication(), ParticipantsFollowApplications(), DiagnosticsFollowApplications(),
            PartnerCountsAddUp(),
        ] + RecordHistory.Kind.allCases.map { HistoriesComplete(kind: $0) }
}
