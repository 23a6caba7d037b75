import Values

/// A row after everything was read that can be read without asking anybody.
struct CleanRow: Hashable, Sendable {
    var form: FormRow
    var reference: String
    var submittedAt: Instant
    /// As the row has it, without its offset: deadlines are days of the form.
    var submittedOn: CalendarDate
    var cohort: String
    /// Identifier of the catalogue.
    var programme: String
    var firstName: String
    var lastName: String
    var email: String
    var birthDate: CalendarDate?
    var trn: TRN?
    /// What it says of the employer; Partnership knows whether there is one.
    var employer: EmployerClaim
    var claimsScholarship: Bool
    var issues: [RowIssue.Code]

    var fullName: String { [firstName, lastName].filter { !$0.isEmpty }.joined(separator: " ") }
}

/// What a row says of its employer.
enum EmployerClaim: Hashable, Sendable {
    case none
    case school(URN)
    /// By "340/2013" or a UKPRN: the register knows the URN.
    case number(String, RowIssue.Code)
    case trust(Int)
    /// Not readable; the issue says why.
    case unreadable(RowIssue.Code)
}
