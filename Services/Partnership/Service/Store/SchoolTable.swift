import Storage
import Values

/// The columns of `schools`, in one place and one order.
enum SchoolTable {
    static let columns = """
        urn, name, status, type_code, type_name, type_group_code, type_group_name, phase_code, phase_name, la_code, \
        la_name, establishment_number, ukprn, street, locality, address3, town, county, postcode, easting, northing, \
        district_code, district_name, region_code, region_name, opened_on, closed_on, low_age, high_age, pupils, \
        meals_permille, website, telephone, head_name, head_job_title, trust_uid, last_changed_on, version
        """

    /// With the table's short name before each column, for a join.
    static let qualified = columns.split(separator: ", ").map { "s." + $0 }.joined(separator: ", ")

    static func read(_ row: Row) throws(StoreError) -> StoredSchool {
        guard let status = SchoolStatus(rawValue: Int(try row.int(2))) else { throw row.unreadable("status", "status") }
        var school = School(urn: try row.urn(0), name: try row.text(1), status: status)
        school.type = try row.code(3)
        school.typeGroup = try row.code(5)
        school.phase = try row.code(7)
        school.localAuthority = try row.code(9)
        school.establishmentNumber = try row.text(11)
        school.ukprn = try row.optionalUKPRN(12)
        school.address = Address(
            street: try row.text(13), locality: try row.text(14), address3: try row.text(15), town: try row.text(16),
            county: try row.text(17), postcode: try row.optionalPostcode(18))
        if let easting = try row.optionalInt(19), let northing = try row.optionalInt(20) {
            school.location = GridReference(easting: Int(easting), northing: Int(northing))
        }
        school.district = try row.code(21)
        school.region = try row.code(23)
        school.openedOn = try row.optionalDate(25)
        school.closedOn = try row.optionalDate(26)
        school.lowAge = try row.optionalInt(27).map(Int.init)
        school.highAge = try row.optionalInt(28).map(Int.init)
        school.pupils = try row.optionalInt(29).map(Int.init)
        school.freeSchoolMealsPermille = try row.optionalInt(30).map(Int.init)
        school.website = try row.text(31)
        school.telephone = try row.text(32)
        school.headName = try row.text(33)
        school.headJobTitle = try row.text(34)
        school.trustUID = try row.optionalInt(35).map(Int.init)
        school.lastChangedOn = try row.optionalDate(36)
        return StoredSchool(school: school, version: try row.int(37))
    }

    /// Inserts a school, or writes all its columns anew.
    static func write(_ school: School, digest: Int64, version: Int64, to writer: any Writer) throws(StoreError) {
        var values = bindings(school)
        values += [.int(version), .int(digest), .text(SearchText.sortKey(school.name))]
        var sql: SQL = "INSERT INTO schools (\(raw: columns), digest, name_key) VALUES "
        sql += "\(list: values)"
        sql += updates
        try writer.execute(sql)
    }

    private static let updates: SQL = {
        let names = (columns + ", digest, name_key").split(separator: ", ").dropFirst()
        let list = names.map { "\($0) = excluded.\($0)" }.joined(separator: ", ")
        return " ON CONFLICT (urn) DO UPDATE SET \(raw: list)"
    }()

    private static func bindings(_ school: School) -> [SQLValue] {
        let address = school.address
        return [
            school.urn.sqlValue, .text(school.name), .int(Int64(school.status.rawValue)),
            .text(school.type.code), .text(school.type.name), .text(school.typeGroup.code),
            .text(school.typeGroup.name), .text(school.phase.code), .text(school.phase.name),
            .text(school.localAuthority.code), .text(school.localAuthority.name), .text(school.establishmentNumber),
            school.ukprn.sqlValue, .text(address.street), .text(address.locality), .text(address.address3),
            .text(address.town), .text(address.county), address.postcode.sqlValue,
            (school.location?.easting).sqlValue, (school.location?.northing).sqlValue,
            .text(school.district.code), .text(school.district.name), .text(school.region.code),
            .text(school.region.name), school.openedOn.sqlValue, school.closedOn.sqlValue, school.lowAge.sqlValue,
            school.highAge.sqlValue, school.pupils.sqlValue, school.freeSchoolMealsPermille.sqlValue,
            .text(school.website), .text(school.telephone), .text(school.headName), .text(school.headJobTitle),
            school.trustUID.sqlValue, school.lastChangedOn.sqlValue,
        ]
    }
}

/// A school and how often it has changed.
struct StoredSchool: Hashable, Sendable {
    var school: School
    var version: Int64
}

/// The columns of `school_groups`, in one place and one order.
enum GroupTable {
    static let columns = """
        uid, group_id, name, type_code, type_name, is_open, opened_on, closed_on, companies_house_number, ukprn, \
        street, locality, address3, town, county, postcode, version
        """

    static func read(_ row: Row) throws(StoreError) -> StoredGroup {
        var group = SchoolGroup(uid: Int(try row.int(0)), name: try row.text(2))
        group.groupID = try row.text(1)
        group.type = try row.code(3)
        group.isOpen = try row.bool(5)
        group.openedOn = try row.optionalDate(6)
        group.closedOn = try row.optionalDate(7)
        group.companiesHouseNumber = try row.text(8)
        group.ukprn = try row.optionalUKPRN(9)
        group.address = Address(
            street: try row.text(10), locality: try row.text(11), address3: try row.text(12), town: try row.text(13),
            county: try row.text(14), postcode: try row.optionalPostcode(15))
        return StoredGroup(group: group, version: try row.int(16))
    }

    /// Inserts a group, or writes all its columns anew.
    static func write(_ group: SchoolGroup, version: Int64, to writer: any Writer) throws(StoreError) {
        let address = group.address
        let values: [SQLValue] = [
            .int(Int64(group.uid)), .text(group.groupID), .text(group.name), .text(group.type.code),
            .text(group.type.name), group.isOpen.sqlValue, group.openedOn.sqlValue, group.closedOn.sqlValue,
            .text(group.companiesHouseNumber), group.ukprn.sqlValue, .text(address.street), .text(address.locality),
            .text(address.address3), .text(address.town), .text(address.county), address.postcode.sqlValue,
            .int(version), .text(SearchText.sortKey(group.name)),
        ]
        try writer.execute(
            "INSERT INTO school_groups (\(raw: columns), name_key) VALUES \(list: values)\(updates)")
    }

    private static let updates: SQL = {
        let names = (columns + ", name_key").split(separator: ", ").dropFirst()
        let list = names.map { "\($0) = excluded.\($0)" }.joined(separator: ", ")
        return " ON CONFLICT (uid) DO UPDATE SET \(raw: list)"
    }()
}

struct StoredGroup: Hashable, Sendable {
    var group: SchoolGroup
    var version: Int64
    /// Schools that the register holds and that are in it now; counted only where one group is asked for.
    var memberCount = 0
}
