import Values

/// Where somebody works: a school, or a trust; neither for others.
enum Employer: Hashable, Sendable {
    case school(URN)
    /// Group UID of the register.
    case trust(Int)

    var urn: URN? { if case .school(let urn) = self { urn } else { nil } }
    var groupUID: Int? { if case .trust(let uid) = self { uid } else { nil } }
}

/// What people may edit of a candidate.
struct CandidateDetails: Hashable, Sendable {
    var fullName: String
    var email: String?
    var trn: TRN?
    var employer: Employer?

    var contents: [(field: String, value: String)] {
        [
            ("fullName", fullName), ("email", email ?? ""), ("trn", trn?.text ?? ""),
            ("schoolUrn", employer?.urn?.description ?? ""), ("groupUid", employer?.groupUID.map(String.init) ?? ""),
        ]
    }

    /// The history tells that these changed, not what they were.
    static let personalFields: Set<String> = ["fullName", "email", "trn"]
}

/// A person. Neither the e-mail address nor the TRN identifies one: both may change and may go.
struct Candidate: Hashable, Sendable {
    var id: UUIDv7
    var details: CandidateDetails
    var createdAt: Instant
    var updatedAt: Instant
    var version: Int64
}

/// Which candidates may be registered, and how they may change. The employer is judged apart, because
/// Partnership knows it.
enum CandidateRules {
    static func check(_ details: CandidateDetails, reason: String) throws(EnrolmentRefusal) {
        var faults: [FieldFault] = []
        func fault(_ field: String, _ message: String?) {
            if let message { faults.append(FieldFault(field: field, message: message)) }
        }
        fault("fullName", TextRules.name(details.fullName))
        if let email = details.email { fault("email", TextRules.email(email)) }
        fault("reason", TextRules.reason(reason))
        try FieldFault.check(faults)
    }
}
