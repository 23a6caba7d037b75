/// Courses that are no qualifications: two declarations, paid 60 to 40, and a deferral of a year at most.
enum SuiteTwoDeclarations {
    static let programmes = [
        Programme(
            identifier: "npd-leading-inclusion", version: 1, shortCode: "NPDLI", name: "NPD course: Leading Inclusion",
            group: .twoDeclarations, audience: .specialists, firstCohortYear: 2026, lastCohortYear: nil,
            declarations: [.started, .completed], declarationSplit: [60, 40], hasOutcome: false, taughtMonths: 6,
            deferNeedsDeclaration: true, withdrawNeedsStarted: true, deferralLimitMonths: 12,
            modules: ["Induction", "Workshop 1", "Workshop 2"]),
    ]
}
