/// The funder's reasons, by their identifiers.
enum StatusReasons {
    static let `defer`: Set<String> = ["bereavement", "long-term-sickness", "parental-leave", "career-break", "other"]

    /// One of them does end in a full stop.
    static let withdraw: Set<String> = [
        "insufficient-capacity-to-undertake-programme", "personal-reason-health-or-pregnancy-related",
        "personal-reason-moving-school", "personal-reason-other", "insufficient-capacity",
        "change-in-developmental-or-personal-priorities", "change-in-school-circumstances",
        "change-in-school-leadership", "quality-of-programme-structure-not-suitable.",
        "quality-of-programme-content-not-suitable", "quality-of-programme-facilitation-not-effective",
        "quality-of-programme-accessibility", "quality-of-programme-other",
        "programme-not-appropriate-for-role-and-cpd-needs", "started-in-error", "expected-commitment-unclear",
        "assessment-requirements-not-met", "change-in-career", "disengaged-and-unresponsive",
        "non-payment-of-invoice", "other",
    ]

    static let rejectedByProvider = "rejected-by-provider"
    static let otherAccepted = "other-application-in-this-cohort-accepted"
}
