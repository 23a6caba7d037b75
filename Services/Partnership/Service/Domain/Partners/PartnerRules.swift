import Values

/// Which partners may be registered, and how they may change. Pure: what is held comes as facts.
enum PartnerRules {
    static let longestName = 200
    static let longestEmail = 254
    static let longestNotes = 10_000
    static let longestReason = 1000

    /// Judges a new partner.
    static func checkNew(_ kind: PartnerKind, _ details: PartnerDetails, reason: String,
                         _ facts: PartnerFacts) throws(PartnerRefusal) {
        var faults = fieldFaults(kind, details, reason: reason)
        if details.status == .ended {
            faults.append(FieldFault(field: "status", message: "must be prospect or active for a new partner"))
        }
        guard faults.isEmpty else { throw .invalid(faults) }
        if facts.nameIsInUse { throw .nameInUse(name: details.name) }
        try checkGroup(details, facts)
        try checkLeadSchool(details, facts)
    }

    /// Judges a change. A group or school that was named before is not judged again: a school that
    /// has closed must not keep people from correcting a telephone number.
    static func checkChange(of partner: Partner, to details: PartnerDetails, expectedVersion: Int64, reason: String,
                            _ facts: PartnerFacts) throws(PartnerRefusal) {
        var faults = fieldFaults(partner.kind, details, reason: reason)
        if !partner.details.status.may(become: details.status) {
            faults.append(FieldFault(field: "status", message: """
                cannot become \(details.status.name): the partner is \(partner.details.status.name)
                """))
        }
        if partner.details.status == .ended, details.status == .active, isBlank(reason) {
            faults.append(FieldFault(field: "reason", message: "must say why an ended partner is taken on again"))
        }
        guard faults.isEmpty else { throw .invalid(faults) }
        try checkVersion(partner.version, expected: expectedVersion)
        if facts.nameIsInUse, details.status != .ended { throw .nameInUse(name: details.name) }
        if details.groupUID != partner.details.groupUID { try checkGroup(details, facts) }
        if details.leadSchool != partner.details.leadSchool { try checkLeadSchool(details, facts) }
    }

    /// An edit that names no version (0) takes the record as it is.
    static func checkVersion(_ version: Int64, expected: Int64) throws(PartnerRefusal) {
        guard expected == 0 || version == expected else { throw .versionIsOld(expected: expected, actual: version) }
    }

    /// Names are equal if they differ in case and spaces only.
    static func nameKey(_ name: String) -> String {
        name.split(whereSeparator: \.isWhitespace).joined(separator: " ").lowercased()
    }

    // MARK: Fields

    private static func fieldFaults(_ kind: PartnerKind, _ details: PartnerDetails, reason: String) -> [FieldFault] {
        var faults: [FieldFault] = []
        func fault(_ field: String, _ message: String?) {
            if let message { faults.append(FieldFault(field: field, message: message)) }
        }
        fault("name", isBlank(details.name) ? "must not be empty" : line(details.name, longestName))
        if details.name.first?.isWhitespace == true || details.name.last?.isWhitespace == true, !isBlank(details.name) {
            fault("name", "must not begin or end with a space")
        }
        fault("contactName", line(details.contactName, longestName))
        fault("contactEmail", email(details.contactEmail))
        fault("notes", text(details.notes, longestNotes))
        fault("reason", text(reason, longestReason))
        if let from = details.agreementFrom, let to = details.agreementTo, to < from {
            fault("agreementTo", "must not be before the agreement's first day, \(from)")
        }
        if details.agreementFrom == nil, details.agreementTo != nil {
            fault("agreementFrom", "must be given if the agreement has a last day")
        }
        if kind != .multiAcademyTrust, details.groupUID != nil {
            fault("groupUid", "must be left out: only a multi-academy trust is a group of the register")
        }
        if kind == .school, details.leadSchool == nil {
            fault("leadSchoolUrn", "must be given for a partner that is a school")
        }
        return faults
    }

    /// Characters are Unicode's scalars: what people see as one may consist of any number of them.
    static func line(_ value: String, _ longest: Int) -> String? {
        if value.unicodeScalars.contains(where: isControl) { return "must be without line breaks and control characters" }
        return value.unicodeScalars.count > longest ? "must be at most \(longest) characters" : nil
    }

    /// Line breaks and tabs are allowed.
    static func text(_ value: String, _ longest: Int) -> String? {
        let allowed: Set<Unicode.Scalar> = ["\n", "\r", "\t"]
        if value.unicodeScalars.contains(where: { isControl($0) && !allowed.contains($0) }) {
            return "must be without control characters"
        }
        return value.unicodeScalars.count > longest ? "must be at most \(longest) characters" : nil
    }

    /// Only the shape: one `@`, something before it, and a domain with a dot after it.
    private static func email(_ value: String) -> String? {
        guard !value.isEmpty else { return nil }
        if value.utf8.count > longestEmail { return "must be at most \(longestEmail) characters" }
        let parts = value.split(separator: "@", omittingEmptySubsequences: false)
        let hasSpace = value.unicodeScalars.contains { $0.properties.isWhitespace || isControl($0) }
        let labels = parts.count == 2 ? parts[1].split(separator: ".", omittingEmptySubsequences: false) : []
        guard !hasSpace, parts.count == 2, !parts[0].isEmpty, labels.count >= 2, labels.allSatisfy({ !$0.isEmpty }) else {
            return "must be an e-mail address, such as office@school.example"
        }
        return nil
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.generalCategory == .control
    }

    static func isBlank(_ text: String) -> Bool {
        text.allSatisfy(\.isWhitespace)
    }

    // MARK: What is held

    private static func checkGroup(_ details: PartnerDetails, _ facts: PartnerFacts) throws(PartnerRefusal) {
        guard let uid = details.groupUID else { return }
        guard let group = facts.group else {
            throw .precondition(subject: "groups/\(uid)", message: """
                The register holds no group \(uid). Search for the trust, or import a newer groups file.
                """)
        }
        guard SchoolGroup.academyTrustTypes.contains(group.typeCode) else {
            throw .precondition(subject: "groups/\(uid)", message: "Group \(uid), \(group.name), is not an academy trust.")
        }
        if !group.isOpen, details.status != .ended {
            throw .precondition(subject: "groups/\(uid)", message: "Group \(uid), \(group.name), is closed.")
        }
    }

    private static func checkLeadSchool(_ details: PartnerDetails, _ facts: PartnerFacts) throws(PartnerRefusal) {
        guard let urn = details.leadSchool else { return }
        try checkSelectable(urn, facts.leadSchool)
    }

    /// Schools that work with the provider are in England and not closed. Names a closed one's successors.
    static func checkSelectable(_ urn: URN, _ school: SchoolFacts?) throws(PartnerRefusal) {
        let subject = "schools/\(urn)"
        guard let school else {
            throw .precondition(subject: subject, message: """
                The register holds no school \(urn). Search for it by name, or import a newer establishments file.
                """)
        }
        guard !school.isSelectable else { return }
        guard school.isInEngland else {
            throw .precondition(subject: subject, message: "School \(urn), \(school.name), is not in England.")
        }
        let successors = school.successors.map(\.description).joined(separator: ", ")
        throw .precondition(subject: subject, message: """
            School \(urn), \(school.name), is closed. \
            \(successors.isEmpty ? "The register names no successor." : "Its successor is \(successors): use that URN.")
            """)
    }
}
