import Values

/// A code of the register and its name there, such as 34 "Academy converter". Codes are kept as in a
/// download: types with two digits, local authorities with three.
struct RegisterCode: Hashable, Sendable {
    var code = ""
    var name = ""

    static let none = RegisterCode()
}

struct Address: Hashable, Sendable {
    var street = ""
    var locality = ""
    var address3 = ""
    var town = ""
    var county = ""
    /// Normalised; nil if the register had none, or none that could be one.
    var postcode: Postcode?
}

/// With the register's own codes.
enum SchoolStatus: Int, CaseIterable, Hashable, Sendable {
    case open = 1
    case closed = 2
    case proposedToClose = 3
    case proposedToOpen = 4
}

/// An establishment as the register describes it.
struct School: Hashable, Sendable {
    var urn: URN
    var name: String
    var status: SchoolStatus
    var type = RegisterCode.none
    var typeGroup = RegisterCode.none
    var phase = RegisterCode.none
    var localAuthority = RegisterCode.none
    /// Four digits; unique within the local authority, and kept by a school that becomes an academy.
    var establishmentNumber = ""
    var ukprn: UKPRN?
    var address = Address()
    var location: GridReference?
    /// `none` where the register says 9999.
    var district = RegisterCode.none
    var region = RegisterCode.none
    var openedOn: CalendarDate?
    var closedOn: CalendarDate?
    var lowAge: Int?
    var highAge: Int?
    var pupils: Int?
    /// Share of pupils with free school meals, in thousandths.
    var freeSchoolMealsPermille: Int?
    var website = ""
    var telephone = ""
    var headName = ""
    var headJobTitle = ""
    /// The trust that the establishment's own row names.
    var trustUID: Int?
    /// When the register says that the row was last changed.
    var lastChangedOn: CalendarDate?

    /// Local authority and establishment number, such as "340/2013"; empty without a number.
    var laestab: String {
        establishmentNumber.isEmpty ? "" : localAuthority.code + "/" + establishmentNumber
    }

    var isInEngland: Bool {
        England.contains(typeCode: type.code, localAuthorityCode: localAuthority.code)
    }

    /// Whether the school can be an employer: in England, and open or about to open or close.
    var isSelectable: Bool {
        status != .closed && isInEngland
    }
}

extension School {
    /// Every field with its name, in a fixed order: what two versions of a school are compared by.
    var contents: [(field: String, value: String)] {
        [
            ("name", name), ("status", String(status.rawValue)), ("type", type.text),
            ("typeGroup", typeGroup.text), ("phase", phase.text), ("localAuthority", localAuthority.text),
            ("establishmentNumber", establishmentNumber), ("ukprn", ukprn.text), ("street", address.street),
            ("locality", address.locality), ("address3", address.address3), ("town", address.town),
            ("county", address.county), ("postcode", address.postcode.text), ("location", location.text),
            ("district", district.text), ("region", region.text), ("openedOn", openedOn.text),
            ("closedOn", closedOn.text), ("lowAge", lowAge.text), ("highAge", highAge.text), ("pupils", pupils.text),
            ("freeSchoolMealsPermille", freeSchoolMealsPermille.text), ("website", website),
            ("telephone", telephone), ("headName", headName), ("headJobTitle", headJobTitle),
            ("trustUID", trustUID.text), ("lastChangedOn", lastChangedOn.text),
        ]
    }

    /// Fields about a person: the history tells that they changed, not what they were.
    static let personalFields: Set<String> = ["headName"]
}

extension RegisterCode {
    var text: String { code.isEmpty && name.isEmpty ? "" : code + " " + name }
}

extension Optional where Wrapped: CustomStringConvertible {
    /// The description, or nothing.
    var text: String { map(\.description) ?? "" }
}

/// Which establishments lie in England, by the rule of the Department for Education's own
/// registration service: all but the Welsh and overseas ones.
enum England {
    static let welshType = "30"
    /// Welsh local authorities of the register.
    static let welshAuthorities = 660...681
    /// Service children's education, offshore and overseas schools, and "does not apply".
    static let otherAuthorities: Set<Int> = [0, 702, 704, 708]

    static func contains(typeCode: String, localAuthorityCode: String) -> Bool {
        guard typeCode != welshType, let authority = Int(localAuthorityCode) else { return false }
        return !welshAuthorities.contains(authority) && !otherAuthorities.contains(authority)
    }
}
