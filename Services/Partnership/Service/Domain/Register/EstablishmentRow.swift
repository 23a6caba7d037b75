import Tabular
import Values

/// A record of `edubasealldata.csv`.
enum EstablishmentRow {
    /// Every edition has them, and a rule needs each.
    static let requiredColumns = [
        "URN", "LA (code)", "EstablishmentNumber", "EstablishmentName", "TypeOfEstablishment (code)",
        "EstablishmentStatus (code)", "OpenDate", "CloseDate", "PhaseOfEducation (code)", "Postcode", "GOR (code)",
        "DistrictAdministrative (code)", "LastChangedDate",
    ]

    /// What to keep of the held school where the file lacks a column.
    private static let optionalColumns: [(name: String, keep: @Sendable (inout School, School) -> Void)] = [
        ("LA (name)", { $0.localAuthority.name = $1.localAuthority.name }),
        ("TypeOfEstablishment (name)", { $0.type.name = $1.type.name }),
        ("EstablishmentTypeGroup (code)", { $0.typeGroup = $1.typeGroup }),
        ("PhaseOfEducation (name)", { $0.phase.name = $1.phase.name }),
        ("StatutoryLowAge", { $0.lowAge = $1.lowAge }),
        ("StatutoryHighAge", { $0.highAge = $1.highAge }),
        ("NumberOfPupils", { $0.pupils = $1.pupils }),
        ("PercentageFSM", { $0.freeSchoolMealsPermille = $1.freeSchoolMealsPermille }),
        ("Trusts (code)", { $0.trustUID = $1.trustUID }),
        ("UKPRN", { $0.ukprn = $1.ukprn }),
        ("Street", { $0.address.street = $1.address.street }),
        ("Locality", { $0.address.locality = $1.address.locality }),
        ("Address3", { $0.address.address3 = $1.address.address3 }),
        ("Town", { $0.address.town = $1.address.town }),
        ("County (name)", { $0.address.county = $1.address.county }),
        ("SchoolWebsite", { $0.website = $1.website }),
        ("TelephoneNum", { $0.telephone = $1.telephone }),
        ("HeadLastName", { $0.headName = $1.headName }),
        ("HeadPreferredJobTitle", { $0.headJobTitle = $1.headJobTitle }),
        ("GOR (name)", { $0.region.name = $1.region.name }),
        ("DistrictAdministrative (name)", { $0.district.name = $1.district.name }),
        ("Easting", { $0.location = $1.location }),
    ]

    static func read(
        _ record: CSVRecord, _ columns: GiasColumns, _ encoding: TextEncoding
    ) throws(UnusedRow) -> GiasRow<School> {
        let key = try RowShape.check(record, .establishments, columns)
        let urn = try RowShape.urn(key, column: "URN", key: key)
        var row = RowReader(kind: .establishments, record: record, columns: columns, encoding: encoding)
        let name = row.text("EstablishmentName")
        guard !name.isEmpty else {
            throw RowShape.reject(.nameMissing, "The establishment has no name.", key: key, column: "EstablishmentName")
        }
        let statusText = row.text("EstablishmentStatus (code)")
        guard let number = Int(statusText), let status = SchoolStatus(rawValue: number) else {
            throw RowShape.reject(.statusUnknown, "Status '\(RowReader.quoted(statusText))' is not known.", key: key,
                                  column: "EstablishmentStatus (code)")
        }
        var school = School(urn: urn, name: name, status: status)
        school.lastChangedOn = try lastChanged(row.text("LastChangedDate"), key: key)
        readCodes(&school, &row)
        readDates(&school, &row)
        readDetails(&school, &row)
        return GiasRow(value: school, issues: row.issues,
                       absentColumns: optionalColumns.map(\.name).filter { !columns.contains($0) })
    }

    /// Fills what the file has no column for from what is held.
    static func keepAbsent(_ absentColumns: [String], of held: School, in school: inout School) {
        for column in optionalColumns where absentColumns.contains(column.name) {
            column.keep(&school, held)
        }
    }

    /// The date decides whether the row is newer than what is held, so a wrong one is not left out.
    private static func lastChanged(_ text: String, key: String) throws(UnusedRow) -> CalendarDate? {
        switch RegisterDate(text) {
        case .none: return nil
        case .date(let date, _): return date
        case .notInCalendar:
            throw RowShape.reject(.dateNotInCalendar, "'\(RowReader.quoted(text))' is no day of the calendar.",
                                  key: key, column: "LastChangedDate")
        case .unreadable:
            throw RowShape.reject(.dateUnreadable, "'\(RowReader.quoted(text))' is not a date.",
                                  key: key, column: "LastChangedDate")
        }
    }

    private static func readCodes(_ school: inout School, _ row: inout RowReader) {
        school.type = row.code("TypeOfEstablishment (code)", "TypeOfEstablishment (name)", width: 2)
        if !RegisterTypes.establishment.contains(school.type.code) {
            row.warn(.typeUnknown, "TypeOfEstablishment (code)",
                     "Type '\(RowReader.quoted(school.type.code))' is not known; kept as it is.")
        }
        school.typeGroup = row.code("EstablishmentTypeGroup (code)", "EstablishmentTypeGroup (name)", width: 1)
        school.phase = row.code("PhaseOfEducation (code)", "PhaseOfEducation (name)", width: 1)
        school.localAuthority = row.code("LA (code)", "LA (name)", width: 3)
        if Int(school.localAuthority.code) == nil {
            row.warn(.localAuthorityMissing, "LA (code)",
                     "The row names no local authority, so the establishment does not count as in England.")
        }
        school.establishmentNumber = RegisterTypes.padded(row.text("EstablishmentNumber"), to: 4)
        school.region = row.code("GOR (code)", "GOR (name)", width: 1)
        school.district = row.code("DistrictAdministrative (code)", "DistrictAdministrative (name)", width: 1,
                                   none: ["9999", "0"])
        school.trustUID = row.number("Trusts (code)", 1...99_999_999)
    }

    private static func readDates(_ school: inout School, _ row: inout RowReader) {
        school.openedOn = row.date("OpenDate")
        school.closedOn = row.date("CloseDate")
        if school.status == .open, let closedOn = school.closedOn {
            row.warn(.closeDateOfOpenSchool, "CloseDate",
                     "The establishment is open, but has the close date \(closedOn); imported as open.")
        }
    }

    private static func readDetails(_ school: inout School, _ row: inout RowReader) {
        school.ukprn = row.ukprn("UKPRN")
        school.address = Address(
            street: row.text("Street"), locality: row.text("Locality"), address3: row.text("Address3"),
            town: row.text("Town"), county: row.text("County (name)"), postcode: row.postcode("Postcode"))
        school.location = row.location("Easting", "Northing")
        school.lowAge = row.number("StatutoryLowAge", 0...120)
        school.highAge = row.number("StatutoryHighAge", 0...120)
        school.pupils = row.number("NumberOfPupils", 0...100_000)
        school.freeSchoolMealsPermille = row.permille("PercentageFSM")
        school.website = row.text("SchoolWebsite")
        school.telephone = telephone(row.text("TelephoneNum"))
        let title = row.text("HeadTitle (name)", or: "HeadTitle")
        let names = [unknownTitles.contains(title) ? "" : title, row.text("HeadFirstName"), row.text("HeadLastName")]
        school.headName = names.filter { !$0.isEmpty }.joined(separator: " ")
        school.headJobTitle = row.text("HeadPreferredJobTitle")
    }

    private static let unknownTitles: Set<String> = ["Not recorded", "Not-recorded", "Not applicable", "Not-applicable",
                                                    "Unknown"]

    /// A spreadsheet takes the nought before a number away.
    private static func telephone(_ text: String) -> String {
        let isBare = (9...10).contains(text.utf8.count) && text.utf8.first != UInt8(ascii: "0")
            && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
        return isBare ? "0" + text : text
    }
}
