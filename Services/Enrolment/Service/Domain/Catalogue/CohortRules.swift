import Values

/// Which cohorts may be opened, and how they may change.
enum CohortRules {
    static let mostSchedules = 50
    static let longestIdentifier = 60

    static func checkNew(_ details: CohortDetails, reason: String) throws(EnrolmentRefusal) {
        try FieldFault.check(faults(details, reason: reason))
    }

    /// - Parameter used: schedules that participants have.
    static func checkChange(of cohort: Cohort, to details: CohortDetails, expectedVersion: Int64, reason: String,
                            used: Set<String>) throws(EnrolmentRefusal) {
        try FieldFault.check(faults(details, reason: reason))
        try EnrolmentRefusal.checkVersion("cohort", cohort.version, expected: expectedVersion)
        for identifier in used.sorted() {
            guard let held = cohort.schedule(identifier) else { continue }
            guard let new = details.schedules.first(where: { $0.identifier == identifier }) else {
                throw .precondition(rule: "SCHEDULE_IN_USE", subject: "schedules/\(identifier)", message: """
                    Participants are on the schedule \(identifier). Keep it in the list.
                    """)
            }
            guard new.group == held.group else {
                throw .precondition(rule: "SCHEDULE_IN_USE", subject: "schedules/\(identifier)", message: """
                    Participants are on the schedule \(identifier): it stays one of \(held.group.name). Add another \
                    schedule instead.
                    """)
            }
        }
    }

    private static func faults(_ details: CohortDetails, reason: String) -> [FieldFault] {
        var faults: [FieldFault] = []
        func fault(_ field: String, _ message: String?) {
            if let message { faults.append(FieldFault(field: field, message: message)) }
        }
        fault("name", TextRules.name(details.name))
        fault("reason", TextRules.reason(reason))
        if details.applicationsTo < details.applicationsFrom {
            fault("applicationsTo", "must not be before the first day, \(details.applicationsFrom)")
        }
        if details.schedules.isEmpty || details.schedules.count > mostSchedules {
            fault("schedules", "must be 1 to \(mostSchedules)")
        }
        var seen: Set<String> = []
        for (index, schedule) in details.schedules.enumerated() {
            let path = "schedules[\(index)]"
            if !isIdentifier(schedule.identifier) {
                fault("\(path).identifier", "must be small letters, digits and hyphens, at most \(longestIdentifier)")
            } else if !seen.insert(schedule.identifier).inserted {
                fault("\(path).identifier", "must be given once only")
            }
            if schedule.acceptanceTo < schedule.acceptanceFrom {
                fault("\(path).acceptanceTo", "must not be before the first day, \(schedule.acceptanceFrom)")
            }
            if schedule.endsOn <= schedule.startsOn {
                fault("\(path).endsOn", "must be after the first day, \(schedule.startsOn)")
            }
        }
        return faults
    }

    static func isIdentifier(_ text: String) -> Bool {
        let bytes = text.utf8
        return (1...longestIdentifier).contains(bytes.count) && bytes.allSatisfy { byte in
            (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == UInt8(ascii: "-")
        }
    }
}
