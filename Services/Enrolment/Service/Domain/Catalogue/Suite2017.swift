/// The NPQs that were reformed in September 2017; the last cohorts began in 2020.
enum Suite2017 {
    static let programmes = [
        programme("npq-middle-leadership", "NPQML", "Middle Leadership", .middleLeaders, months: 12, modules: [
            "Leading with Impact", "Teaching and Curriculum Excellence", "Increasing Capability",
        ]),
        programme("npq-senior-leadership", "NPQSL", "Senior Leadership", .senior, months: 12, modules: [
            "Strategy and Improvement", "Teaching and Curriculum Excellence", "Increasing Capability",
        ]),
        programme("npq-headship", "NPQH", "Headship", .heads, months: 15, placementDays: 9, modules: [
            "Strategy and Improvement", "Leading with Impact", "Managing Resources and Risks", "Working in Partnership",
        ]),
        programme("npq-executive-leadership", "NPQEL", "Executive Leadership", .executives, months: 15, modules: [
            "Residential 1: Strategy and Improvement", "Leading with Impact", "Managing Resources and Risks",
            "Residential 2: Working in Partnership",
        ]),
    ]

    /// The scholarships of 2017 to 2020 had no declarations that deferring or withdrawing waited for.
    /// A candidate had 18 months from the start to the final assessment.
    private static func programme(
        _ identifier: String, _ shortCode: String, _ title: String, _ audience: Audience, months: Int,
        placementDays: Int = 0, modules: [String]
    ) -> Programme {
        Programme(
            identifier: identifier, version: 1, shortCode: shortCode,
            name: "National Professional Qualification for \(title)", group: .npq2017, audience: audience,
            firstCohortYear: 2017, lastCohortYear: 2020, declarations: [.started, .completed], hasOutcome: true,
            taughtMonths: months, placementDays: placementDays, deferNeedsDeclaration: false,
            withdrawNeedsStarted: false, deferralLimitMonths: 18, modules: modules)
    }
}
