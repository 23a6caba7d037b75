import Contracts

/// Whoever withdrew may be accepted again, so an application that was withdrawn does not count.
package struct OneAcceptedApplication: Invariant {
    package let name = "one-accepted-application"
    package let claim = "nobody takes part twice in one programme and cohort"
    package let subjects = "accepted applications"

    package init() {}

    private struct Course: Hashable {
        let candidate: String
        let programme: String
        let cohort: String
    }

    package func judge(_ suite: SuiteSnapshot) -> Judgement {
        var seen: [Course: String] = [:]
        var judgement = Judgement()
        for application in suite.applications where application.approvalStatus == .accepted {
            guard application.trainingStatus != .withdrawn else {
                judgement.look(at: application.id, nil)
                continue
            }
            let course = Course(
                candidate: application.candidateId, programme: application.programme, cohort: application.cohortId)
            let other = seen.updateValue(application.id, forKey: course)
            judgement.look(at: application.id, other.map { "is for the same person, programme and cohort as \($0)" })
        }
        return judgement
    }
}
