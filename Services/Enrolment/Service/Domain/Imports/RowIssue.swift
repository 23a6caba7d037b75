/// Something about a row that an import tells.
struct RowIssue: Hashable, Sendable {
    /// How bad it is; with the numbers of the contracts.
    enum Severity: Int, Hashable, Comparable, Sendable {
        case info = 1
        case normalised = 2
        case review = 3
        case rejected = 4

        static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
    }

    var code: Code
    /// How the file named the earlier application that this one clashes with; empty if there is none.
    var related = ""

    enum Code: String, CaseIterable, Hashable, Sendable {
        case fieldsMiscounted = "fields-miscounted"
        case notUTF8 = "not-utf-8"
        case referenceMissing = "reference-missing"
        case changedSince = "changed-since-import"
        case cohortUnknown = "cohort-unknown"
        case cohortOfOtherImport = "cohort-of-other-import"
        case programmeNotOffered = "programme-not-offered"
        case nameMissing = "last-name-missing"
        case duplicateApplication = "duplicate-application"
        case emailMalformed = "email-malformed"
        case emailMissing = "email-missing"
        case employerNotEngland = "employer-not-england"
        case birthImpossible = "dob-impossible"
        case programmeUnknown = "programme-unknown"
        case submittedAtInvalid = "submitted-at-invalid"

        case sameTRNOtherSurname = "same-trn-other-surname"
        case secondProgramme = "second-programme-same-intake"
        case samePersonWithoutTRN = "same-person-without-trn"
        case trnOfOtherPerson = "trn-used-by-other-person"
        case emailShared = "email-shared"
        case trnMissing = "trn-missing"
        case trnZero = "trn-zero"
        case trnShort = "trn-short"
        case trnNotDigits = "trn-not-digits"
        case birthMissing = "dob-missing"
        case birthImplausible = "dob-implausible"
        case firstNameMissing = "first-name-missing"
        case employerUnknownURN = "employer-unknown-urn"
        case employerClosedWithSuccessor = "employer-closed-with-successor"
        case employerClosed = "employer-closed-without-successor"
        case employerURNMissing = "employer-urn-missing"
        case employerURNNotNumber = "employer-urn-not-number"
        case employerNameMismatch = "employer-name-mismatch"
        case trustUnknown = "trust-unknown-uid"
        case trustClosed = "trust-closed"
        case submittedLate = "submitted-late"
        case sponsorMissing = "sponsor-missing"
        case sponsorIsCandidate = "sponsor-is-candidate"
        case sponsorEmailMalformed = "sponsor-email-malformed"
        case consentRefused = "consent-refused"
        case roleUnlikely = "role-unlikely"
        case scholarshipNotSupported = "scholarship-not-supported"

        case trnFormatted = "trn-formatted"
        case trnSpaces = "trn-spaces"
        case birthSlashes = "dob-slashes"
        case emailTidied = "email-case-or-spaces"
        case nameUpperCase = "name-upper-case"
        case nameSpaces = "name-spaces"
        case employerLAESTAB = "employer-laestab-given"
        case employerUKPRN = "employer-ukprn-given"
        case programmeLongName = "programme-long-name"
        case programmeLowerCase = "programme-lower-case"
        case formulaText = "formula-text"

        case employerProposedToOpen = "employer-proposed-to-open"
        case employerProposedToClose = "employer-proposed-to-close"
    }

    var severity: Severity { code.meaning.severity }
    var column: String { code.meaning.column.rawValue }
    /// Without what stands in the row.
    var message: String { code.meaning.message }
}
