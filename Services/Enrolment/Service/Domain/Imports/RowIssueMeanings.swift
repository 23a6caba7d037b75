/// What each issue of a row means: how bad it is, where it is, and what to do.
extension RowIssue.Code {
    struct Meaning: Hashable, Sendable {
        var severity: RowIssue.Severity
        var column: ApplicationColumn
        var message: String

        init(_ severity: RowIssue.Severity, _ column: ApplicationColumn, _ message: String) {
            self.severity = severity
            self.column = column
            self.message = message
        }
    }

    var meaning: Meaning { rejection ?? review ?? told }

    private var rejection: Meaning? {
        switch self {
        case .fieldsMiscounted: Meaning(.rejected, .reference, "The row has not as many fields as the header.")
        case .notUTF8: Meaning(.rejected, .reference, "The row is not UTF-8. Save the file as UTF-8.")
        case .referenceMissing: Meaning(.rejected, .reference, "The row has no application id.")
        case .changedSince:
            Meaning(.rejected, .reference, "The application was imported before with other contents. Edit it by hand.")
        case .cohortUnknown: Meaning(.rejected, .cohort, "There is no such cohort. Open it first.")
        case .cohortOfOtherImport: Meaning(.rejected, .cohort, "The row is for another cohort than the import.")
        case .programmeNotOffered: Meaning(.rejected, .programme, "The programme is not offered to the cohort.")
        case .nameMissing: Meaning(.rejected, .lastName, "The row has no last name.")
        case .duplicateApplication:
            Meaning(.rejected, .reference, "The person has an open application for this programme and cohort; it stands.")
        case .emailMalformed: Meaning(.rejected, .email, "This cannot be an e-mail address.")
        case .emailMissing: Meaning(.rejected, .email, "The row has no e-mail address.")
        case .employerNotEngland: Meaning(.rejected, .employerURN, "The school is not in England.")
        case .birthImpossible: Meaning(.rejected, .dateOfBirth, "The calendar has no such day.")
        case .programmeUnknown: Meaning(.rejected, .programme, "The catalogue has no such programme.")
        case .submittedAtInvalid: Meaning(.rejected, .submittedAt, "This is no time with its offset from UTC.")
        default: nil
        }
    }

    private var review: Meaning? {
        switch self {
        case .sameTRNOtherSurname:
            Meaning(.review, .lastName, "The TRN and the date of birth are those of a person with another surname.")
        case .secondProgramme: Meaning(.review, .programme, "The person has applied for another programme of this intake.")
        case .samePersonWithoutTRN:
            Meaning(.review, .trn, "A known person has this name and date of birth; taken to be the same.")
        case .trnOfOtherPerson: Meaning(.review, .trn, "The TRN is that of another person. It is not kept for this one.")
        case .emailShared: Meaning(.review, .email, "Another person has this address.")
        case .trnMissing: Meaning(.review, .trn, "The row has no TRN.")
        case .trnZero: Meaning(.review, .trn, "0000000 is no TRN.")
        case .trnShort: Meaning(.review, .trn, "The TRN has six digits: a nought may be missing before them.")
        case .trnNotDigits: Meaning(.review, .trn, "This cannot be a TRN.")
        case .birthMissing: Meaning(.review, .dateOfBirth, "The row has no date of birth.")
        case .birthImplausible: Meaning(.review, .dateOfBirth, "The person would be under 18 or over 80.")
        case .firstNameMissing: Meaning(.review, .firstName, "The row has no first name.")
        case .employerUnknownURN: Meaning(.review, .employerURN, "The register holds no such school.")
        case .employerClosedWithSuccessor:
            Meaning(.review, .employerURN, "The school is closed, and the register names its successor. Ask which is meant.")
        case .employerClosed: Meaning(.review, .employerURN, "The school is closed. Ask where the person works.")
        case .employerURNMissing: Meaning(.review, .employerURN, "The row has no URN. Search for the school by its name.")
        case .employerURNNotNumber: Meaning(.review, .employerURN, "This cannot be a URN.")
        case .employerNameMismatch: Meaning(.review, .employerName, "The school with this URN has another name.")
        case .trustUnknown: Meaning(.review, .employerGroupUID, "The register holds no such trust.")
        case .trustClosed: Meaning(.review, .employerGroupUID, "The trust is closed.")
        case .submittedLate: Meaning(.review, .submittedAt, "The application came after the cohort's last day.")
        case .sponsorMissing: Meaning(.review, .sponsorEmail, "The row names no sponsor.")
        case .sponsorIsCandidate: Meaning(.review, .sponsorEmail, "The sponsor has the candidate's address.")
        case .sponsorEmailMalformed: Meaning(.review, .sponsorEmail, "This cannot be an e-mail address.")
        case .consentRefused: Meaning(.review, .consent, "There is no consent. Answers about the person are not kept.")
        case .roleUnlikely: Meaning(.review, .role, "Somebody in this role hardly asks for this programme.")
        case .scholarshipNotSupported:
            Meaning(.review, .fundingChoice, "Neither the school's district nor one of its trust's earns a scholarship.")
        default: nil
        }
    }

    private var told: Meaning {
        switch self {
        case .trnFormatted: Meaning(.normalised, .trn, "Letters and slashes of the TRN were left out.")
        case .trnSpaces: Meaning(.normalised, .trn, "Spaces of the TRN were left out.")
        case .birthSlashes: Meaning(.normalised, .dateOfBirth, "Read as day, month and year.")
        case .emailTidied: Meaning(.normalised, .email, "Written in small letters, without spaces around.")
        case .nameUpperCase: Meaning(.normalised, .lastName, "Written with capitals at the beginning only.")
        case .nameSpaces: Meaning(.normalised, .firstName, "Spaces around the name were left out.")
        case .employerLAESTAB:
            Meaning(.normalised, .employerURN, "Found by local authority and establishment number.")
        case .employerUKPRN: Meaning(.normalised, .employerURN, "Found by UKPRN.")
        case .programmeLongName: Meaning(.normalised, .programme, "Found by the programme's name.")
        case .programmeLowerCase: Meaning(.normalised, .programme, "Found by the programme's code in other letters.")
        case .formulaText:
            Meaning(.normalised, .adjustments, "A spreadsheet would take this text for a formula. It is kept as it is.")
        case .employerProposedToOpen: Meaning(.info, .employerURN, "The school is proposed to open.")
        case .employerProposedToClose: Meaning(.info, .employerURN, "The school is proposed to close.")
        default: Meaning(.rejected, .reference, "The row cannot be used.")
        }
    }
}
