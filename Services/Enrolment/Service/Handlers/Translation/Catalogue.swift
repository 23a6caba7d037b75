import Contracts
import ServiceKit
import Values

extension EnrolmentV1.Programme {
    init(_ programme: Programme) {
        self.init(
            identifier: programme.identifier, version: Int32(programme.version), shortCode: programme.shortCode,
            name: programme.name, courseGroup: .init(rawValue: Int32(programme.group.rawValue)),
            firstCohortYear: Int32(programme.firstCohortYear), lastCohortYear: programme.lastCohortYear.map { Int32($0) },
            declarations: programme.declarations.map { .init(rawValue: Int32($0.rawValue)) },
            hasOutcome: programme.hasOutcome, taughtMonths: Int32(programme.taughtMonths),
            placementDays: Int32(programme.placementDays), deferNeedsDeclaration: programme.deferNeedsDeclaration,
            withdrawNeedsStarted: programme.withdrawNeedsStarted,
            deferralLimitMonths: programme.deferralLimitMonths.map { Int32($0) }, modules: programme.modules)
    }
}

extension EnrolmentV1.Cohort {
    init(_ cohort: Cohort) {
        self.init(
            id: cohort.id.text, name: cohort.details.name, fundingCap: .init(rawValue: Int32(cohort.fundingCap.rawValue)),
            applicationsFrom: .init(cohort.details.applicationsFrom), applicationsTo: .init(cohort.details.applicationsTo),
            schedules: cohort.details.schedules.map { .init($0) }, version: cohort.version)
    }
}

extension EnrolmentV1.Schedule {
    init(_ schedule: Schedule) {
        self.init(
            identifier: schedule.identifier, courseGroup: .init(rawValue: Int32(schedule.group.rawValue)),
            acceptanceFrom: .init(schedule.acceptanceFrom), acceptanceTo: .init(schedule.acceptanceTo),
            startsOn: .init(schedule.startsOn), endsOn: .init(schedule.endsOn))
    }
}

extension FieldViolations {
    /// Nil, and reported, if a part is missing or cannot be read.
    mutating func cohortDetails(
        name: String, from: CommonV1.Date?, to: CommonV1.Date?, _ schedules: [EnrolmentV1.Schedule]
    ) -> CohortDetails? {
        let first = neededDate(from, "applicationsFrom")
        let last = neededDate(to, "applicationsTo")
        var read: [Schedule] = []
        for (index, schedule) in schedules.prefix(CohortRules.mostSchedules + 1).enumerated() {
            if let schedule = self.schedule(schedule, "schedules[\(index)]") { read.append(schedule) }
        }
        guard let first, let last, isEmpty else { return nil }
        return CohortDetails(name: name, applicationsFrom: first, applicationsTo: last, schedules: read)
    }

    private mutating func schedule(_ schedule: EnrolmentV1.Schedule, _ path: String) -> Schedule? {
        let group = CourseGroup(rawValue: Int(schedule.courseGroup.rawValue))
        require(group != nil, "\(path).courseGroup", "must be a course group that this release knows")
        let acceptanceFrom = neededDate(schedule.acceptanceFrom, "\(path).acceptanceFrom")
        let acceptanceTo = neededDate(schedule.acceptanceTo, "\(path).acceptanceTo")
        let startsOn = neededDate(schedule.startsOn, "\(path).startsOn")
        let endsOn = neededDate(schedule.endsOn, "\(path).endsOn")
        guard let group, let acceptanceFrom, let acceptanceTo, let startsOn, let endsOn else { return nil }
        return Schedule(identifier: schedule.identifier, group: group, acceptanceFrom: acceptanceFrom,
                        acceptanceTo: acceptanceTo, startsOn: startsOn, endsOn: endsOn)
    }
}
