import Contracts
import ServiceKit
import Values

extension PartnershipV1.School {
    init(_ stored: StoredSchool) {
        let school = stored.school
        self.init(
            urn: Int64(school.urn.number), name: school.name,
            status: PartnershipV1.SchoolStatus(rawValue: Int32(school.status.rawValue)), type: .init(school.type),
            typeGroup: .init(school.typeGroup), phase: .init(school.phase),
            localAuthority: .init(school.localAuthority), laestab: school.laestab,
            ukprn: school.ukprn.map { Int64($0.number) }, address: .init(school.address),
            location: school.location.map { .init(easting: $0.easting, northing: $0.northing) },
            district: .init(school.district), region: .init(school.region), openedOn: school.openedOn.map { .init($0) },
            closedOn: school.closedOn.map { .init($0) }, statutoryLowAge: school.lowAge.map { Int32($0) },
            statutoryHighAge: school.highAge.map { Int32($0) }, pupils: school.pupils.map { Int32($0) },
            freeSchoolMealsPermille: school.freeSchoolMealsPermille.map { Int32($0) }, website: school.website,
            telephone: school.telephone, headName: school.headName, headJobTitle: school.headJobTitle,
            inEngland: school.isInEngland, selectable: school.isSelectable,
            lastChangedOn: school.lastChangedOn.map { .init($0) }, version: stored.version)
    }

    init(_ school: SchoolInFull) {
        self.init(school.stored)
        groups = school.groups.map { group in
            PartnershipV1.GroupMembership(
                groupUid: Int64(group.uid), groupName: group.name, groupType: .init(group.type),
                joinedOn: group.joinedOn.map { .init($0) })
        }
        links = school.links.map { entry in
            PartnershipV1.SchoolLink(
                urn: Int64(entry.link.otherURN.number), linkType: entry.link.type,
                establishedOn: entry.link.establishedOn.map { .init($0) }, name: entry.otherName)
        }
    }
}

extension PartnershipV1.Coded {
    /// Nil for no code.
    init?(_ code: RegisterCode) {
        guard code != .none else { return nil }
        self.init(code: code.code, name: code.name)
    }
}

extension PartnershipV1.Address {
    init(_ address: Address) {
        self.init(street: address.street, locality: address.locality, address3: address.address3, town: address.town,
                  county: address.county, postcode: address.postcode?.text ?? "")
    }
}

extension PartnershipV1.SchoolGroup {
    init(_ stored: StoredGroup) {
        let group = stored.group
        self.init(
            uid: Int64(group.uid), groupId: group.groupID, name: group.name, type: .init(group.type),
            open: group.isOpen, openedOn: group.openedOn.map { .init($0) }, closedOn: group.closedOn.map { .init($0) },
            companiesHouseNumber: group.companiesHouseNumber, ukprn: group.ukprn.map { Int64($0.number) },
            address: .init(group.address), version: stored.version, memberCount: Int32(stored.memberCount))
    }
}
