import Values

enum PartnerKind: Int, CaseIterable, Hashable, Sendable {
    case teachingSchoolAlliance = 1
    case multiAcademyTrust = 2
    case teachingSchoolHub = 3
    case school = 4
}

enum PartnerStatus: Int, CaseIterable, Hashable, Sendable {
    case prospect = 1
    case active = 2
    case ended = 3

    var name: String {
        switch self {
        case .prospect: "prospect"
        case .active: "active"
        case .ended: "ended"
        }
    }

    /// Whether a partner of this status may become one of another. A prospect is taken on or given
    /// up; an agreement ends; an ended partner may be taken on again, but is never a prospect again.
    func may(become next: PartnerStatus) -> Bool {
        switch (self, next) {
        case (.prospect, _), (.active, .active), (.active, .ended), (.ended, .ended), (.ended, .active): true
        case (.active, .prospect), (.ended, .prospect): false
        }
    }
}

/// What people may edit of a partner.
struct PartnerDetails: Hashable, Sendable {
    var name: String
    var status: PartnerStatus
    var groupUID: Int?
    var leadSchool: URN?
    var contactName = ""
    var contactEmail = ""
    var agreementFrom: CalendarDate?
    /// The last day.
    var agreementTo: CalendarDate?
    var notes = ""
}

/// A change of everything that people may edit.
struct PartnerEdit: Hashable, Sendable {
    var name: String
    /// Nil: as it is.
    var status: PartnerStatus?
    var groupUID: Int?
    var leadSchool: URN?
    var contactName = ""
    var contactEmail = ""
    var agreementFrom: CalendarDate?
    var agreementTo: CalendarDate?
    var notes = ""

    func details(keeping held: PartnerStatus) -> PartnerDetails {
        PartnerDetails(name: name, status: status ?? held, groupUID: groupUID, leadSchool: leadSchool,
                       contactName: contactName, contactEmail: contactEmail, agreementFrom: agreementFrom,
                       agreementTo: agreementTo, notes: notes)
    }
}

/// An organisation on the schools' side that delivers with the provider.
struct Partner: Hashable, Sendable {
    var id: UUIDv7
    var kind: PartnerKind
    var details: PartnerDetails
    var createdAt: Instant
    var updatedAt: Instant
    /// Grows with each change, and with each change of its members.
    var version: Int64

    var name: String { details.name }
}

/// A school's membership of a partner during some days.
struct PartnerMember: Hashable, Sendable {
    var id: UUIDv7
    var partnerID: UUIDv7
    var urn: URN
    var from: CalendarDate
    /// The last day; nil: open-ended.
    var to: CalendarDate?
    var version: Int64

    func overlaps(from otherFrom: CalendarDate, to otherTo: CalendarDate?) -> Bool {
        from <= otherTo ?? .last && otherFrom <= to ?? .last
    }
}
