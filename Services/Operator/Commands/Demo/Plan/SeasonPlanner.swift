import Contracts
import Values

/// Plans a season. Pure: the same seed, size and ground give the same plan.
package struct SeasonPlanner: Sendable {
    package static let usualCandidates = 600
    package static let fewestCandidates = 12
    package static let mostCandidates = 20_000

    /// Programmes that are taken if they are offered, those most applied for first.
    private static let favourites = [
        "npq-senior-leadership", "npq-headship", "npq-leading-teaching", "npq-leading-behaviour-culture",
        "npq-early-headship-coaching-offer",
    ]
    /// From so few candidates on, all programmes are played; below, three.
    private static let candidatesForAll = 100

    let seed: UInt64
    let count: Int
    let ground: SeasonGround
    let programmes: [EnrolmentV1.Programme]

    package init(seed: UInt64, candidates: Int, ground: SeasonGround) {
        self.seed = seed
        count = min(Self.mostCandidates, max(Self.fewestCandidates, candidates))
        self.ground = ground
        let taught = ground.programmes.filter { !$0.modules.isEmpty && !$0.declarations.isEmpty }
        let known = Self.favourites.compactMap { name in taught.first { $0.identifier == name } }
        let chosen = known.isEmpty ? taught : known
        programmes = Array(chosen.prefix(candidates < Self.candidatesForAll ? 3 : Self.favourites.count))
    }

    package func plan() throws(Failure) -> SeasonPlan {
        guard !programmes.isEmpty else { throw Failure(.failure, "no programme is offered to cohorts of \(ground.today.year)") }
        guard ground.partners.contains(where: { !$0.schools.isEmpty }) else {
            throw Failure(
                .failure, "the suite holds no school that people could work at",
                advice: "Load an example: olp sample. Or the official register: olp import gias FILES.")
        }
        var plan = SeasonPlan()
        plan.cohorts = try cohorts()
        addPeople(to: &plan)
        addEvents(to: &plan)
        return plan
    }

    func random(_ purpose: String) -> SeededGenerator { SeededGenerator(seed: seed, purpose: purpose) }

    // MARK: Cohorts

    /// Three that take applications and acceptances today: capped, fully funded and unfunded.
    private func cohorts() throws(Failure) -> [EnrolmentV1.OpenCohortRequest] {
        let year = ground.today.year
        let letters = "abcdefghijklmnopqrstuvwxyz".map { "\(year)\($0)" }.filter { !ground.cohorts.contains($0) }
        let kinds: [(EnrolmentV1.FundingCap, String)] = [(.capped, "capped"), (.full, "fully funded"), (.zero, "unfunded")]
        guard letters.count >= kinds.count else {
            throw Failure(
                .failure, "the year \(year) has no letters left for \(kinds.count) more cohorts",
                advice: "Play into another suite: olp up --data NEW-FOLDER --port N")
        }
        var cohorts: [EnrolmentV1.OpenCohortRequest] = []
        for (id, (cap, words)) in zip(letters, kinds) {
            cohorts.append(
                EnrolmentV1.OpenCohortRequest(
                    id: id, name: "\(season) \(year), \(words)", fundingCap: cap, applicationsFrom: day(-60),
                    applicationsTo: day(45), schedules: schedules(), reason: Self.reason))
        }
        return cohorts
    }

    /// For each course group one that takes acceptances today, and one that will.
    private func schedules() -> [EnrolmentV1.Schedule] {
        let groups = Set(programmes.map(\.courseGroup.rawValue)).sorted().map { EnrolmentV1.CourseGroup(rawValue: $0) }
        return groups.flatMap { group -> [EnrolmentV1.Schedule] in
            let name = group.name.dropFirst("COURSE_GROUP_".count).lowercased().replacing("_", with: "-")
            return [
                EnrolmentV1.Schedule(
                    identifier: "\(name)-now", courseGroup: group, acceptanceFrom: day(-30), acceptanceTo: day(60),
                    startsOn: day(14), endsOn: day(14 + 18 * 30)),
                EnrolmentV1.Schedule(
                    identifier: "\(name)-later", courseGroup: group, acceptanceFrom: day(61), acceptanceTo: day(150),
                    startsOn: day(120), endsOn: day(120 + 18 * 30)),
            ]
        }
    }

    private var season: String {
        switch ground.today.month {
        case 3...5: "Spring"
        case 6...8: "Summer"
        case 9...11: "Autumn"
        default: "Winter"
        }
    }

    private func day(_ offset: Int) -> CommonV1.Date {
        let date = ground.today.adding(days: offset) ?? ground.today
        return CommonV1.Date(year: Int32(date.year), month: Int32(date.month), day: Int32(date.day))
    }

    /// Why everything was done that a season does; kept in histories.
    package static let reason = "Part of a demonstration."
}
