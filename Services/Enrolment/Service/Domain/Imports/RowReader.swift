import Values

/// Reads a row: cleans what can be cleaned, and says what is wrong.
struct RowReader {
    private let form: FormRow
    private var issues: [RowIssue.Code] = []

    /// The cleaned row, or nothing but issues if it cannot be used.
    enum Reading: Hashable, Sendable {
        case clean(CleanRow)
        case rejected([RowIssue.Code])
    }

    static func read(_ form: FormRow) -> Reading {
        var reader = RowReader(form: form)
        return reader.reading()
    }

    private init(form: FormRow) {
        self.form = form
    }

    private mutating func reading() -> Reading {
        if form.reference.isEmpty { issues.append(.referenceMissing) }
        let submittedAt = Instant(rfc3339: form[.submittedAt])
        let submittedOn = CalendarDate(iso: form[.submittedAt].prefix(10))
        if submittedAt == nil || submittedOn == nil { issues.append(.submittedAtInvalid) }
        let programme = readProgramme()
        let (firstName, lastName) = readName()
        let email = readEmail()
        let birthDate = readBirthDate()
        let trn = readTRN()
        let employer = readEmployer()
        readSponsor(email)
        if form[.consent] != "yes" { issues.append(.consentRefused) }
        if let first = form[.adjustments].first, "=+-@".contains(first) { issues.append(.formulaText) }
        if let programme { readRole(programme) }
        guard let submittedAt, let submittedOn, let programme,
              !issues.contains(where: { $0.meaning.severity == .rejected }) else { return .rejected(issues) }
        return .clean(CleanRow(
            form: form, reference: form.reference, submittedAt: submittedAt, submittedOn: submittedOn,
            cohort: form[.cohort].trimmed, programme: programme, firstName: firstName, lastName: lastName, email: email,
            birthDate: birthDate, trn: trn, employer: employer,
            claimsScholarship: form[.fundingChoice] == "scholarship", issues: issues))
    }

    private mutating func readProgramme() -> String? {
        guard let meaning = ProgrammeCatalogue.programme(meaning: form[.programme]) else {
            issues.append(.programmeUnknown)
            return nil
        }
        switch meaning.kind {
        case .code: break
        case .untidyCode: issues.append(.programmeLowerCase)
        case .name: issues.append(.programmeLongName)
        }
        return meaning.identifier
    }

    private mutating func readName() -> (first: String, last: String) {
        var first = form[.firstName].trimmed
        var last = form[.lastName].trimmed
        if last.isEmpty { issues.append(.nameMissing) }
        if first.isEmpty {
            issues.append(.firstNameMissing)
        } else if first != form[.firstName] || last != form[.lastName] {
            issues.append(.nameSpaces)
        } else if first.isAllCapitals, last.isAllCapitals, last.count > 1 {
            issues.append(.nameUpperCase)
            first = first.capitalizedName
            last = last.capitalizedName
        }
        return (first, last)
    }

    private mutating func readEmail() -> String {
        let email = form[.email].trimmed.lowercased()
        if email.isEmpty {
            issues.append(.emailMissing)
        } else if TextRules.email(email) != nil {
            issues.append(.emailMalformed)
        } else if email != form[.email] {
            issues.append(.emailTidied)
        }
        return email
    }

    private mutating func readBirthDate() -> CalendarDate? {
        var text = form[.dateOfBirth].trimmed
        guard !text.isEmpty else {
            issues.append(.birthMissing)
            return nil
        }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        if parts.map(\.utf8.count) == [2, 2, 4] {
            text = "\(parts[2])-\(parts[1])-\(parts[0])"
            issues.append(.birthSlashes)
        }
        guard let date = CalendarDate(iso: text) else {
            issues.append(.birthImpossible)
            return nil
        }
        let age = (Int(form[.cohort].trimmed.prefix(4)) ?? date.year) - date.year
        if !(18...80).contains(age) { issues.append(.birthImplausible) }
        return date
    }

    private mutating func readTRN() -> TRN? {
        let typed = form[.trn]
        guard !typed.trimmed.isEmpty else {
            issues.append(.trnMissing)
            return nil
        }
        let withoutSpaces = typed.filter { !$0.isWhitespace }
        let digits = withoutSpaces.replacing("RP", with: "").replacing("/", with: "")
        guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), (6...7).contains(digits.utf8.count) else {
            issues.append(.trnNotDigits)
            return nil
        }
        guard digits.utf8.count == 7 else {
            issues.append(.trnShort)
            return nil
        }
        guard let trn = TRN(digits) else {
            issues.append(.trnZero)
            return nil
        }
        if digits != typed { issues.append(digits == withoutSpaces ? .trnSpaces : .trnFormatted) }
        return trn
    }

    private func readEmployer() -> EmployerClaim {
        switch form[.employerType] {
        case "trust":
            return Int(form[.employerGroupUID].trimmed).map { .trust($0) } ?? .unreadable(.trustUnknown)
        case "school":
            let text = form[.employerURN].trimmed
            let digits = text.replacing("/", with: "")
            guard !text.isEmpty else { return .unreadable(.employerURNMissing) }
            guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return .unreadable(.employerURNNotNumber) }
            switch digits.utf8.count {
            case 7: return .number("\(digits.prefix(3))/\(digits.suffix(4))", .employerLAESTAB)
            case 8: return .number(digits, .employerUKPRN)
            default: return URN(digits).map { .school($0) } ?? .unreadable(.employerURNNotNumber)
            }
        default:
            return .none
        }
    }

    private mutating func readSponsor(_ email: String) {
        let sponsor = form[.sponsorEmail].trimmed.lowercased()
        if sponsor.isEmpty {
            issues.append(.sponsorMissing)
        } else if sponsor == email {
            issues.append(.sponsorIsCandidate)
        } else if !TextRules.isEmail(sponsor) {
            issues.append(.sponsorEmailMalformed)
        }
    }

    /// Words of roles that are far from leading a school.
    private static let unlikelyForHeads = ["Newly", "Midday"]

    private mutating func readRole(_ programme: String) {
        let year = Int(form[.cohort].trimmed.prefix(4)) ?? 0
        guard ProgrammeCatalogue.programme(programme, cohortYear: year)?.audience.isForHeads == true else { return }
        let role = form[.role].trimmed
        if role.hasSuffix("Assistant") || Self.unlikelyForHeads.contains(where: { role.contains($0) }) {
            issues.append(.roleUnlikely)
        }
    }
}

extension String {
    var trimmed: String {
        let rest = drop(while: \.isWhitespace)
        guard let end = rest.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(rest[...end])
    }

    fileprivate var isAllCapitals: Bool {
        contains(where: \.isLetter) && self == uppercased() && self != lowercased()
    }

    /// Capitals at the beginning and after apostrophes, hyphens and spaces.
    fileprivate var capitalizedName: String {
        var result = ""
        var isFirst = true
        for character in self {
            result += isFirst ? character.uppercased() : character.lowercased()
            isFirst = !character.isLetter
        }
        return result
    }
}
