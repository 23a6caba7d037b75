import Storage
import Values

/// The columns of `partners` and `partner_members`, in one place and one order.
enum PartnerTable {
    static let columns = """
        id, name, kind, status, group_uid, lead_school_urn, contact_name, contact_email, agreement_from, agreement_to, \
        notes, created_at, updated_at, version
        """

    static func read(_ row: Row) throws(StoreError) -> Partner {
        guard let kind = PartnerKind(rawValue: Int(try row.int(2))),
              let status = PartnerStatus(rawValue: Int(try row.int(3))) else { throw row.unreadable(2, "kind and status") }
        let details = PartnerDetails(
            name: try row.text(1), status: status, groupUID: try row.optionalInt(4).map(Int.init),
            leadSchool: try row.optionalURN(5), contactName: try row.text(6), contactEmail: try row.text(7),
            agreementFrom: try row.optionalDate(8), agreementTo: try row.optionalDate(9), notes: try row.text(10))
        return Partner(id: try row.identifier(0), kind: kind, details: details, createdAt: try row.instant(11),
                       updatedAt: try row.instant(12), version: try row.int(13))
    }

    static func find(_ id: UUIDv7, _ reader: any Reader) throws(StoreError) -> Partner? {
        guard let row = try reader.row("SELECT \(raw: columns) FROM partners WHERE id = \(id)") else { return nil }
        return try read(row)
    }

    /// Inserts a partner, or writes all its columns anew.
    static func write(_ partner: Partner, to writer: any Writer) throws(StoreError) {
        let details = partner.details
        let values: [SQLValue] = [
            partner.id.sqlValue, .text(details.name), .int(Int64(partner.kind.rawValue)),
            .int(Int64(details.status.rawValue)), details.groupUID.sqlValue, details.leadSchool.sqlValue,
            .text(details.contactName), .text(details.contactEmail), details.agreementFrom.sqlValue,
            details.agreementTo.sqlValue, .text(details.notes), partner.createdAt.sqlValue, partner.updatedAt.sqlValue,
            .int(partner.version), .text(PartnerRules.nameKey(details.name)),
            .text(" " + SearchText.words(details.name).joined(separator: " ")),
        ]
        let names = (columns + ", name_key, search_text").split(separator: ", ").dropFirst()
        let updates = names.map { "\($0) = excluded.\($0)" }.joined(separator: ", ")
        try writer.execute("""
            INSERT INTO partners (\(raw: columns), name_key, search_text) VALUES \(list: values)
            ON CONFLICT (id) DO UPDATE SET \(raw: updates)
            """)
    }

    static let memberColumns = "m.id, m.partner_id, m.urn, m.from_day, m.to_day, m.version"

    static func readMember(_ row: Row) throws(StoreError) -> PartnerMember {
        PartnerMember(id: try row.identifier(0), partnerID: try row.identifier(1), urn: try row.urn(2),
                      from: try row.date(3), to: try row.optionalDate(4), version: try row.int(5))
    }
}

/// A membership with the school's name.
struct NamedMember: Hashable, Sendable {
    var member: PartnerMember
    var schoolName: String
}
