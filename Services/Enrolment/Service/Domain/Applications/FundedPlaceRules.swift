/// Who pays: full cohorts name no places, capped ones need a decision for each, unfunded ones have none.
enum FundedPlaceRules {
    static func checkGiven(_ place: Bool?, _ cohort: Cohort) throws(EnrolmentRefusal) {
        switch (cohort.fundingCap, place) {
        case (.full, nil), (.capped, .some), (.zero, nil), (.zero, false): return
        case (.full, .some):
            throw fault("must be left out: every eligible participant of cohort \(cohort.id.text) is funded")
        case (.capped, nil): throw fault("must be given: the funded places of cohort \(cohort.id.text) are capped")
        case (.zero, true): throw fault("must not be true: cohort \(cohort.id.text) is not funded")
        }
    }

    /// What is kept. A person is funded once for a programme.
    static func place(
        _ place: Bool?, _ cohort: Cohort, isEligible: Bool, wasFundedBefore: Bool
    ) throws(EnrolmentRefusal) -> Bool? {
        switch cohort.fundingCap {
        case .full: return nil
        case .zero: return false
        case .capped:
            guard place == true else { return place }
            guard isEligible else {
                throw .precondition(rule: "NOT_ELIGIBLE", subject: "fundedPlace", message: """
                    The person is not eligible for funding. Accept without a funded place, or reject.
                    """)
            }
            guard !wasFundedBefore else {
                throw .precondition(rule: "FUNDED_BEFORE", subject: "fundedPlace", message: """
                    The person had a funded place on this programme before. Accept without a funded place, or reject.
                    """)
            }
            return true
        }
    }

    private static func fault(_ message: String) -> EnrolmentRefusal {
        .invalid([FieldFault(field: "fundedPlace", message: message)])
    }
}
