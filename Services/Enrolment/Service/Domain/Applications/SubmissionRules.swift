import Values

/// Which applications are taken.
enum SubmissionRules {
    /// The version of the programme that will hold for it.
    static func programme(_ identifier: String, for cohort: CohortID) throws(EnrolmentRefusal) -> Programme {
        guard ProgrammeCatalogue.exists(identifier) else {
            throw .invalid([FieldFault(field: "programme", message: "must be a programme of the catalogue")])
        }
        guard let programme = ProgrammeCatalogue.programme(identifier, cohortYear: cohort.year) else {
            throw .precondition(rule: "PROGRAMME_NOT_OFFERED", subject: "programmes/\(identifier)", message: """
                \(identifier) is not offered to cohorts of \(cohort.year).
                """)
        }
        return programme
    }

    /// - Parameter hasOpen: the person has another open application for the same programme and cohort.
    static func check(_ programme: Programme, _ cohort: Cohort, hasOpen: Bool,
                      today: CalendarDate) throws(EnrolmentRefusal) {
        guard cohort.isTakingApplications(on: today) else {
            throw .precondition(rule: "COHORT_NOT_OPEN", subject: "cohorts/\(cohort.id.text)", message: """
                Cohort \(cohort.id.text) takes applications from \(cohort.details.applicationsFrom) to \
                \(cohort.details.applicationsTo).
                """)
        }
        guard cohort.details.schedules.contains(where: { $0.group == programme.group }) else {
            throw .precondition(rule: "PROGRAMME_NOT_OFFERED", subject: "programmes/\(programme.identifier)", message: """
                Cohort \(cohort.id.text) has no schedule for \(programme.group.name) courses.
                """)
        }
        guard !hasOpen else {
            throw .precondition(rule: "OTHER_APPLICATION_OPEN", subject: "programmes/\(programme.identifier)", message: """
                The person has an open application for this programme and cohort already. Decide on that one.
                """)
        }
    }
}
