import Values

/// A person that is known, as far as matching looks at people.
struct KnownPerson: Hashable, Sendable {
    var candidateID: UUIDv7
    /// Keys of the names that a form gave apart; nil for people who were registered otherwise.
    var givenKey: String?
    var familyKey: String?
    var birthDate: CalendarDate?
    /// How a file named the person's first application; empty if none did.
    var firstReference: String
}

/// An application of a known person for the same cohort.
struct KnownApplication: Hashable, Sendable {
    var programme: String
    var reference: String
    var isOpen: Bool
}

/// Whether a row is about somebody who is known. Neither TRN nor address decides alone.
struct PersonMatching: Hashable, Sendable {
    /// Nil: somebody new.
    var person: KnownPerson?
    var issues: [RowIssue] = []
    /// The TRN is another person's.
    var isTRNForeign = false

    /// - Parameters:
    ///   - byTRN: who was the first with the row's TRN.
    ///   - byName: who was the first with its names and date of birth; looked at if it has no TRN.
    init(_ row: CleanRow, byTRN: KnownPerson?, byName: KnownPerson?) {
        let familyKey = NameKey.key(row.lastName)
        if let byTRN {
            let isSameFamily = byTRN.familyKey.map { $0 == familyKey } ?? true
            let isSameGiven = byTRN.givenKey.map { $0 == NameKey.key(row.firstName) } ?? true
            let isSameBirth: Bool? = if let one = byTRN.birthDate, let other = row.birthDate { one == other } else { nil }
            if isSameBirth ?? (isSameFamily || isSameGiven) {
                person = byTRN
                if !isSameFamily { issues.append(RowIssue(code: .sameTRNOtherSurname, related: byTRN.firstReference)) }
            } else {
                isTRNForeign = true
                issues.append(RowIssue(code: .trnOfOtherPerson, related: byTRN.firstReference))
            }
        } else if row.trn == nil, let byName {
            person = byName
            issues.append(RowIssue(code: .samePersonWithoutTRN, related: byName.firstReference))
        }
    }

    /// Weighs the row against what the matched person has applied for in the cohort.
    mutating func weigh(_ row: CleanRow, against applications: [KnownApplication]) {
        if let same = applications.first(where: { $0.isOpen && $0.programme == row.programme }) {
            issues.append(RowIssue(code: .duplicateApplication, related: same.reference))
        } else if let other = applications.first(where: { $0.programme != row.programme }),
                  !issues.contains(where: { $0.code == .sameTRNOtherSurname }) {
            issues.append(RowIssue(code: .secondProgramme, related: other.reference))
        }
    }

    /// An address that is another person's too.
    mutating func weigh(emailOf owner: KnownPerson?) {
        guard let owner, owner.candidateID != person?.candidateID else { return }
        issues.append(RowIssue(code: .emailShared, related: owner.firstReference))
    }
}
