/// The NPQs and offers that the Department for Education contracts since 2021.
enum Suite2021 {
    static let programmes = [
        leadership("npq-senior-leadership", 2, "NPQSL", "Senior Leadership", .senior, 2021),
        leadership("npq-headship", 2, "NPQH", "Headship", .heads, 2021),
        leadership("npq-executive-leadership", 2, "NPQEL", "Executive Leadership", .executives, 2021),
        leadership("npq-early-years-leadership", 1, "NPQEYL", "Early Years Leadership", .specialists, 2022),
        leadership("npq-senco", 1, "NPQSENCO", "SENCOs", .specialists, 2024),
        specialist("npq-leading-teaching", "NPQLT", "Leading Teaching", 2021),
        specialist("npq-leading-teaching-development", "NPQLTD", "Leading Teacher Development", 2021),
        specialist("npq-leading-behaviour-culture", "NPQLBC", "Leading Behaviour and Culture", 2021),
        specialist("npq-leading-literacy", "NPQLL", "Leading Literacy", 2022),
        specialist("npq-leading-primary-mathematics", "NPQLPM", "Leading Primary Mathematics", 2023),
        offer("npq-additional-support-offer", "ASO", "Additional support offer", .support, from: 2021, to: 2021),
        offer("npq-early-headship-coaching-offer", "EHCO", "Early headship coaching offer", .ehco, from: 2022, to: nil),
    ]

    private static func leadership(
        _ identifier: String, _ version: Int, _ shortCode: String, _ title: String, _ audience: Audience,
        _ year: Int
    ) -> Programme {
        programme(identifier, version, shortCode, title, .leadership, audience, year,
                  [.started, .retained1, .retained2, .completed], months: 18,
                  modules: ["Induction", "Conference 1", "Conference 2", "Conference 3", "Assessment briefing"])
    }

    private static func specialist(
        _ identifier: String, _ shortCode: String, _ title: String, _ year: Int
    ) -> Programme {
        programme(identifier, 1, shortCode, title, .specialist, .specialists, year,
                  [.started, .retained1, .completed], months: 12,
                  modules: ["Induction", "Conference 1", "Conference 2", "Assessment briefing"])
    }

    private static func programme(
        _ identifier: String, _ version: Int, _ shortCode: String, _ title: String, _ group: CourseGroup,
        _ audience: Audience, _ year: Int, _ declarations: [DeclarationType], months: Int, modules: [String]
    ) -> Programme {
        Programme(
            identifier: identifier, version: version, shortCode: shortCode, name: "NPQ for \(title)", group: group,
            audience: audience, firstCohortYear: year, lastCohortYear: nil, declarations: declarations,
            hasOutcome: true, taughtMonths: months, deferNeedsDeclaration: true, withdrawNeedsStarted: true,
            deferralLimitMonths: nil, modules: modules)
    }

    /// Coaching for new heads: no qualification, so no outcome.
    private static func offer(
        _ identifier: String, _ shortCode: String, _ name: String, _ group: CourseGroup, from: Int, to: Int?
    ) -> Programme {
        Programme(
            identifier: identifier, version: 1, shortCode: shortCode, name: name, group: group, audience: .newHeads,
            firstCohortYear: from, lastCohortYear: to, declarations: DeclarationType.allCases, hasOutcome: false,
            taughtMonths: 12, deferNeedsDeclaration: true, withdrawNeedsStarted: true, deferralLimitMonths: nil,
            modules: ["Coaching 1", "Coaching 2", "Coaching 3"])
    }
}
