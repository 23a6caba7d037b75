import Storage
import Values

/// What an imported form held beside what the records show.
enum FormTable {
    private static let columns: [(name: String, column: ApplicationColumn)] = [
        ("title", .title), ("previous_last_name", .previousLastName), ("phone", .phone), ("trn", .trn),
        ("employer_type", .employerType), ("employer_urn", .employerURN), ("employer_group_uid", .employerGroupUID),
        ("employer_name", .employerName), ("role", .role), ("funding_choice", .fundingChoice),
        ("sponsor_name", .sponsorName), ("sponsor_role", .sponsorRole), ("sponsor_email", .sponsorEmail),
        ("consent", .consent),
    ]

    /// Kept only with consent.
    private static let answers: [(name: String, column: ApplicationColumn)] = [
        ("gender", .gender), ("ethnicity", .ethnicity), ("disability", .disability), ("adjustments", .adjustments),
    ]

    private static let names = (columns + answers).map(\.name).joined(separator: ", ")

    static func write(_ row: CleanRow, of application: UUIDv7, _ digest: [UInt8],
                      to writer: any Writer) throws(StoreError) {
        let hasConsent = !row.issues.contains(.consentRefused)
        var values: [SQLValue] = [application.sqlValue, .text(row.reference), .blob(digest)]
        values += columns.map { .text(row.form[$0.column]) }
        values += answers.map { .text(hasConsent ? row.form[$0.column] : "") }
        try writer.execute("""
            INSERT INTO application_forms (application_id, reference, digest, \(raw: names)) VALUES \(list: values)
            """)
    }
}
