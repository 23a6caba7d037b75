/// Whether a form says that the funder pays, and may say so.
enum FundingClaim {
    /// In 2017 a scholarship that the district earns; since 2021 the form leaves the question out where
    /// the Department pays. Somebody looks at it before acceptance.
    static func isEligible(_ row: CleanRow, _ programme: Programme, _ judgement: EmployerJudgement) -> Bool {
        switch programme.group {
        case .npq2017: row.claimsScholarship && judgement.earnsScholarship
        case .leadership, .specialist, .support, .ehco, .twoDeclarations:
            row.form[.fundingChoice].isEmpty && judgement.employer != nil
        }
    }
}
