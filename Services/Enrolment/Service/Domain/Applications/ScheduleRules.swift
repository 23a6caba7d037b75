import Values

/// The schedule that an application is accepted to.
enum ScheduleRules {
    /// The one that was named; its acceptance window is the contract's matter then. Otherwise the only
    /// one of the group whose window is open.
    static func schedule(
        _ named: String?, for group: CourseGroup, in cohort: Cohort, today: CalendarDate
    ) throws(EnrolmentRefusal) -> Schedule {
        func refusal(_ rule: String, _ message: String) -> EnrolmentRefusal {
            .precondition(rule: rule, subject: "cohorts/\(cohort.id.text)", message: message)
        }
        if let named {
            guard let schedule = cohort.schedule(named) else {
                throw refusal("SCHEDULE_NOT_FOUND", "Cohort \(cohort.id.text) has no schedule of this name.")
            }
            guard schedule.group == group else {
                throw refusal("SCHEDULE_OF_OTHER_GROUP", """
                    The schedule \(schedule.identifier) is for \(schedule.group.name) courses, and the programme is one \
                    of \(group.name).
                    """)
            }
            return schedule
        }
        let open = cohort.details.schedules.filter { $0.group == group && $0.isAccepting(on: today) }
        guard let schedule = open.first else {
            throw refusal("NO_SCHEDULE_OPEN", """
                No schedule of cohort \(cohort.id.text) for \(group.name) courses takes acceptances on \(today). Name a \
                schedule, or change the cohort's acceptance days.
                """)
        }
        guard open.count == 1 else {
            let names = open.map(\.identifier).joined(separator: ", ")
            throw refusal("SCHEDULE_NOT_CLEAR", "Several schedules take acceptances on \(today): name one of \(names).")
        }
        return schedule
    }
}
