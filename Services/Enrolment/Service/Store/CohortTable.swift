import Storage
import Values

/// The columns of `cohorts` and `cohort_schedules`, in one place and one order.
enum CohortTable {
    static let columns = "id, name, funding_cap, applications_from, applications_to, version"

    static func find(_ id: CohortID, _ reader: any Reader) throws(StoreError) -> Cohort? {
        guard let row = try reader.row("SELECT \(raw: columns) FROM cohorts WHERE id = \(id)") else { return nil }
        return try read(row, reader)
    }

    static func read(_ row: Row, _ reader: any Reader) throws(StoreError) -> Cohort {
        guard let cap = FundingCap(rawValue: Int(try row.int(2))) else { throw row.unreadable(2, "funding cap") }
        let id = try row.cohortID(0)
        var details = CohortDetails(name: try row.text(1), applicationsFrom: try row.date(3),
                                    applicationsTo: try row.date(4), schedules: [])
        for schedule in try reader.rows("""
            SELECT identifier, course_group, acceptance_from, acceptance_to, starts_on, ends_on FROM cohort_schedules
            WHERE cohort_id = \(id) ORDER BY identifier
            """) {
            guard let group = CourseGroup(rawValue: Int(try schedule.int(1))) else {
                throw schedule.unreadable(1, "course group")
            }
            details.schedules.append(Schedule(
                identifier: try schedule.text(0), group: group, acceptanceFrom: try schedule.date(2),
                acceptanceTo: try schedule.date(3), startsOn: try schedule.date(4), endsOn: try schedule.date(5)))
        }
        return Cohort(id: id, fundingCap: cap, details: details, version: try row.int(5))
    }

    /// Inserts a cohort, or writes it anew.
    static func write(_ cohort: Cohort, to writer: any Writer) throws(StoreError) {
        let details = cohort.details
        try writer.execute("""
            INSERT INTO cohorts (\(raw: columns))
            VALUES (\(cohort.id), \(details.name), \(cohort.fundingCap.rawValue), \(details.applicationsFrom),
                    \(details.applicationsTo), \(cohort.version))
            ON CONFLICT (id) DO UPDATE SET name = excluded.name, applications_from = excluded.applications_from,
                applications_to = excluded.applications_to, version = excluded.version
            """)
        try writer.execute("DELETE FROM cohort_schedules WHERE cohort_id = \(cohort.id)")
        for schedule in details.schedules {
            try writer.execute("""
                INSERT INTO cohort_schedules (cohort_id, identifier, course_group, acceptance_from, acceptance_to,
                                              starts_on, ends_on)
                VALUES (\(cohort.id), \(schedule.identifier), \(schedule.group.rawValue), \(schedule.acceptanceFrom),
                        \(schedule.acceptanceTo), \(schedule.startsOn), \(schedule.endsOn))
                """)
        }
    }
}
