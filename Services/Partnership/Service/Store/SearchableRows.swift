import Storage
import Values

extension SearchableSchool {
    static let columns = """
        urn, name, status, type_code, phase_code, region_code, la_code, district_code, establishment_number, town, \
        locality, address3, postcode, ukprn
        """

    init(_ row: Row) throws(StoreError) {
        guard let status = SchoolStatus(rawValue: Int(try row.int(2))) else { throw row.unreadable(2, "status") }
        let authority = try row.text(6)
        let number = try row.text(8)
        let type = try row.text(3)
        let place = [try row.text(9), try row.text(10), try row.text(11)]
        self.init(
            urn: try row.urn(0), name: try row.text(1),
            place: place.filter { !$0.isEmpty }.joined(separator: " "), postcode: try row.optionalText(12) ?? "",
            laestab: number.isEmpty ? "" : authority + "/" + number, status: status,
            isSelectable: status != .closed && England.contains(typeCode: type, localAuthorityCode: authority),
            typeCode: type, phaseCode: try row.text(4), regionCode: try row.text(5), localAuthorityCode: authority,
            districtCode: try row.text(7), ukprn: try row.optionalInt(13).map(Int.init))
    }
}

extension SearchableGroup {
    static let columns = "uid, group_id, name, town, type_code, is_open"

    init(_ row: Row) throws(StoreError) {
        self.init(uid: Int(try row.int(0)), groupID: try row.text(1), name: try row.text(2), place: try row.text(3),
                  typeCode: try row.text(4), isOpen: try row.bool(5))
    }
}
