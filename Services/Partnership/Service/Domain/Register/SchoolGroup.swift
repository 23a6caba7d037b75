import Values

/// A group of the register: trust, federation, sponsor.
struct SchoolGroup: Hashable, Sendable {
    /// Group UID, the register's key.
    var uid: Int
    /// "TR00040"; empty for federations.
    var groupID = ""
    var name: String
    var type = RegisterCode.none
    var isOpen = true
    var openedOn: CalendarDate?
    var closedOn: CalendarDate?
    var companiesHouseNumber = ""
    var ukprn: UKPRN?
    var address = Address()

    /// Multi-academy, single-academy and secure single-academy trusts: what a partner of the kind
    /// "multi-academy trust" can be.
    static let academyTrustTypes: Set<String> = ["06", "10", "11"]

    /// Groups of which a school has at most one at a time: those that `Trusts (code)` of its own row
    /// can name.
    static let exclusiveTypes: Set<String> = academyTrustTypes.union(["02"])

    var contents: [(field: String, value: String)] {
        [
            ("groupId", groupID), ("name", name), ("type", type.text), ("open", isOpen ? "true" : "false"),
            ("openedOn", openedOn.text), ("closedOn", closedOn.text),
            ("companiesHouseNumber", companiesHouseNumber), ("ukprn", ukprn.text), ("street", address.street),
            ("locality", address.locality), ("address3", address.address3), ("town", address.town),
            ("county", address.county), ("postcode", address.postcode.text),
        ]
    }
}

/// That an establishment is or was in a group.
struct GroupMembership: Hashable, Sendable {
    var urn: URN
    var groupUID: Int
    var joinedOn: CalendarDate?
}

/// That one establishment came before or after another.
struct SchoolLink: Hashable, Sendable {
    var urn: URN
    var otherURN: URN
    /// The register's words, such as "Successor - amalgamated".
    var type: String
    var establishedOn: CalendarDate?

    /// Whether the other school came after this one.
    var isSuccessor: Bool { type.hasPrefix("Successor") }
}
