import Values

/// How the funder pays for the places of a cohort.
enum FundingCap: Int, CaseIterable, Hashable, Sendable {
    /// Every eligible participant.
    case full = 1
    /// So many places as the contract says; the provider decides who gets one.
    case capped = 2
    /// None.
    case zero = 3

    var name: String {
        switch self {
        case .full: "full"
        case .capped: "capped"
        case .zero: "zero"
        }
    }
}

/// Start year and a letter: "2026b".
struct CohortID: Hashable, Comparable, Sendable {
    static let years = 2017...2100

    let text: String
    let year: Int

    init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count == 5, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(bytes[4]),
              bytes[..<4].allSatisfy({ (0x30...0x39).contains($0) }), let year = Int(text.prefix(4)),
              Self.years.contains(year) else { return nil }
        self.text = text
        self.year = year
    }

    static func < (left: Self, right: Self) -> Bool { left.text < right.text }
}

/// The timetable of a course group within a cohort.
struct Schedule: Hashable, Sendable {
    /// "npq-leadership-autumn".
    var identifier: String
    var group: CourseGroup
    /// Days on which an application may be accepted to it, both included.
    var acceptanceFrom: CalendarDate
    var acceptanceTo: CalendarDate
    var startsOn: CalendarDate
    var endsOn: CalendarDate

    func isAccepting(on day: CalendarDate) -> Bool {
        acceptanceFrom <= day && day <= acceptanceTo
    }
}

/// What people may edit of a cohort.
struct CohortDetails: Hashable, Sendable {
    var name: String
    /// Days on which applications are taken, both included.
    var applicationsFrom: CalendarDate
    var applicationsTo: CalendarDate
    /// In the order of their identifiers.
    var schedules: [Schedule]

    var contents: [(field: String, value: String)] {
        let list = schedules.map { schedule in
            "\(schedule.identifier) (\(schedule.group.name)) accepts \(schedule.acceptanceFrom) to "
                + "\(schedule.acceptanceTo), runs \(schedule.startsOn) to \(schedule.endsOn)"
        }
        return [
            ("name", name), ("applicationsFrom", applicationsFrom.description),
            ("applicationsTo", applicationsTo.description), ("schedules", list.joined(separator: "; ")),
        ]
    }
}

/// Everyone who starts in one recruitment round.
struct Cohort: Hashable, Sendable {
    var id: CohortID
    var fundingCap: FundingCap
    var details: CohortDetails
    var version: Int64

    func schedule(_ identifier: String) -> Schedule? {
        details.schedules.first { $0.identifier == identifier }
    }

    func isTakingApplications(on day: CalendarDate) -> Bool {
        details.applicationsFrom <= day && day <= details.applicationsTo
    }
}
