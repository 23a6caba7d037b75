import Values

/// What Partnership says of a school.
struct SchoolFacts: Hashable, Sendable {
    enum Status: Int, Hashable, Sendable {
        case open = 1
        case closed = 2
        case proposedToClose = 3
        case proposedToOpen = 4
    }

    var urn: URN
    var name: String
    var town: String
    var status: Status
    var isInEngland: Bool
    /// Code of the district; empty if the register names none.
    var districtCode: String
    /// Schools that came after it.
    var successors: [URN]
    /// Academy trusts that it is in now.
    var trusts: [Int]

    /// Open, or about to open or close, and in England.
    var canEmploy: Bool { isInEngland && status != .closed }
}

/// What Partnership says of a group.
struct TrustFacts: Hashable, Sendable {
    var uid: Int
    var name: String
    var typeCode: String
    var isOpen: Bool

    /// Multi- and single-academy trusts, and secure ones.
    static let academyTrustTypes: Set<String> = ["06", "10", "11"]

    var canEmploy: Bool { isOpen && Self.academyTrustTypes.contains(typeCode) }
}

/// Which schools and trusts can be employers. Facts are nil if Partnership holds no such record.
enum EmployerRules {
    static func check(_ urn: URN, _ school: SchoolFacts?) throws(EnrolmentRefusal) {
        func refusal(_ rule: String, _ message: String) -> EnrolmentRefusal {
            .precondition(rule: rule, subject: "schools/\(urn)", message: message)
        }
        guard let school else {
            throw refusal("EMPLOYER_UNKNOWN", "The register holds no school \(urn). Search for it by name.")
        }
        guard !school.canEmploy else { return }
        guard school.isInEngland else {
            throw refusal("EMPLOYER_NOT_IN_ENGLAND", "School \(urn), \(school.name), is not in England.")
        }
        let successors = school.successors.map(\.description).joined(separator: ", ")
        throw refusal("EMPLOYER_CLOSED", """
            School \(urn), \(school.name), is closed. \
            \(successors.isEmpty ? "The register names no successor." : "Its successor is \(successors): use that URN.")
            """)
    }

    static func check(_ uid: Int, _ trust: TrustFacts?) throws(EnrolmentRefusal) {
        func refusal(_ rule: String, _ message: String) -> EnrolmentRefusal {
            .precondition(rule: rule, subject: "groups/\(uid)", message: message)
        }
        guard let trust else {
            throw refusal("EMPLOYER_UNKNOWN", "The register holds no group \(uid). Search for the trust by name.")
        }
        guard TrustFacts.academyTrustTypes.contains(trust.typeCode) else {
            throw refusal("EMPLOYER_NOT_A_TRUST", "Group \(uid), \(trust.name), is not an academy trust.")
        }
        guard trust.isOpen else {
            throw refusal("EMPLOYER_CLOSED", "Group \(uid), \(trust.name), is closed.")
        }
    }
}
