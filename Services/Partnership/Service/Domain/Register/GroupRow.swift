import Tabular
import Values

/// A record of `allgroupsdata.csv`, in either of its layouts.
enum GroupRow {
    static let requiredColumns = ["Group UID", "Group Name", "Group Type (code)", "Group Status (code)"]

    static func read(
        _ record: CSVRecord, _ columns: GiasColumns, _ encoding: TextEncoding
    ) throws(UnusedRow) -> GiasRow<SchoolGroup> {
        let key = try RowShape.check(record, .groups, columns)
        let uid = try uid(key, key: key)
        var row = RowReader(kind: .groups, record: record, columns: columns, encoding: encoding)
        let name = row.text("Group Name")
        guard !name.isEmpty else {
            throw RowShape.reject(.nameMissing, "The group has no name.", key: key, column: "Group Name")
        }
        var group = SchoolGroup(uid: uid, name: name)
        group.groupID = row.text("Group ID")
        group.type = row.code("Group Type (code)", "Group Type", width: 2)
        if !RegisterTypes.group.contains(group.type.code) {
            row.warn(.typeUnknown, "Group Type (code)",
                     "Type '\(RowReader.quoted(group.type.code))' is not known; kept as it is.")
        }
        let status = row.text("Group Status (code)").uppercased()
        group.isOpen = status == "OPEN"
        if !knownStatuses.contains(status) {
            row.warn(.statusUnknown, "Group Status (code)",
                     "Status '\(RowReader.quoted(status))' is not known; imported as not open.")
        }
        let opened = row.date("Open date")
        let incorporated = row.date("Incorporated on (open date)")
        group.openedOn = opened ?? incorporated
        group.closedOn = row.date("Closed Date")
        group.companiesHouseNumber = RegisterTypes.padded(row.text("Companies House Number"), to: 8)
        group.ukprn = row.ukprn("UKPRN")
        group.address = address(&row)
        return GiasRow(value: group, issues: row.issues)
    }

    static func uid(_ text: String, key: String) throws(UnusedRow) -> Int {
        guard let uid = Int(text), (1...99_999_999).contains(uid) else {
            throw RowShape.reject(.keyNotANumber, "'\(RowReader.quoted(text))' is not a group UID.", key: key,
                                  column: "Group UID")
        }
        return uid
    }

    private static let knownStatuses: Set<String> = ["OPEN", "CLOSED", "PROPOSED_TO_OPEN", "CREATED_IN_ERROR"]

    private static func address(_ row: inout RowReader) -> Address {
        Address(
            street: row.text("Group Street", or: "Group Contact Street"),
            locality: row.text("Group Locality", or: "Group Contact Locality"),
            address3: row.text("Group Address 3", or: "Group Contact Address 3"),
            town: row.text("Group Town", or: "Group Contact Town"),
            county: row.text("Group County", or: "Group Contact County"),
            postcode: row.postcode(row.columns.contains("Group Postcode") ? "Group Postcode" : "Group Contact Postcode"))
    }
}

/// A record of `alllinksdata.csv`.
enum MembershipRow {
    static let requiredColumns = ["URN", "Group UID", "Joined date"]

    static func read(
        _ record: CSVRecord, _ columns: GiasColumns, _ encoding: TextEncoding
    ) throws(UnusedRow) -> GiasRow<GroupMembership> {
        let key = try RowShape.check(record, .memberships, columns)
        let urn = try RowShape.urn(key, column: "URN", key: key)
        var row = RowReader(kind: .memberships, record: record, columns: columns, encoding: encoding)
        let uid = try GroupRow.uid(row.text("Group UID"), key: key)
        let membership = GroupMembership(urn: urn, groupUID: uid, joinedOn: row.date("Joined date"))
        return GiasRow(value: membership, issues: row.issues)
    }
}

/// A record of `links_edubasealldata.csv`.
enum LinkRow {
    static let requiredColumns = ["URN", "LinkURN", "LinkType"]

    static func read(
        _ record: CSVRecord, _ columns: GiasColumns, _ encoding: TextEncoding
    ) throws(UnusedRow) -> GiasRow<SchoolLink> {
        let key = try RowShape.check(record, .links, columns)
        let urn = try RowShape.urn(key, column: "URN", key: key)
        var row = RowReader(kind: .links, record: record, columns: columns, encoding: encoding)
        let other = try RowShape.urn(row.text("LinkURN"), column: "LinkURN", key: key)
        guard other != urn else {
            throw RowShape.reject(.linkToItself, "The link leads to the same establishment.", key: key, column: "LinkURN")
        }
        let link = SchoolLink(urn: urn, otherURN: other, type: row.text("LinkType"),
                              establishedOn: row.date("LinkEstablishedDate"))
        return GiasRow(value: link, issues: row.issues)
    }
}
