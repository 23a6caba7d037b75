import Values
@testable import PartnershipService

extension SearchableSchool {
    init(_ school: School) {
        let address = school.address
        self.init(
            urn: school.urn, name: school.name,
            place: [address.town, address.locality, address.address3].filter { !$0.isEmpty }.joined(separator: " "),
            postcode: address.postcode?.text ?? "", laestab: school.laestab, status: school.status,
            isSelectable: school.isSelectable, typeCode: school.type.code, phaseCode: school.phase.code,
            regionCode: school.region.code, localAuthorityCode: school.localAuthority.code,
            districtCode: school.district.code, ukprn: school.ukprn.map { Int($0.number) })
    }
}

extension SearchableGroup {
    init(_ group: SchoolGroup) {
        self.init(uid: group.uid, groupID: group.groupID, name: group.name, place: group.address.town,
                  typeCode: group.type.code, isOpen: group.isOpen)
    }
}
