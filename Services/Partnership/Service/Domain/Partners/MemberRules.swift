import Values

/// Which schools may belong to a partner on which days.
enum MemberRules {
    /// Judges a new membership. `others` are the school's memberships of the same partner.
    static func checkNew(
        of partner: Partner, school urn: URN, _ school: SchoolFacts?, from: CalendarDate, to: CalendarDate?,
        reason: String, others: [PartnerMember]
    ) throws(PartnerRefusal) {
        try checkFields(from: from, to: to, reason: reason)
        guard partner.details.status != .ended else {
            throw .precondition(subject: "partners/\(partner.id)", message: """
                \(partner.name) has ended. Take it on again before schools are added.
                """)
        }
        try PartnerRules.checkSelectable(urn, school)
        try checkOverlap(urn, from: from, to: to, others: others)
    }

    /// Judges other days for a membership. The school is not judged again: the membership of a school
    /// that has closed must be able to end.
    static func checkChange(
        of member: PartnerMember, from: CalendarDate, to: CalendarDate?, expectedVersion: Int64, reason: String,
        others: [PartnerMember]
    ) throws(PartnerRefusal) {
        try checkFields(from: from, to: to, reason: reason)
        try PartnerRules.checkVersion(member.version, expected: expectedVersion)
        try checkOverlap(member.urn, from: from, to: to, others: others.filter { $0.id != member.id })
    }

    private static func checkFields(
        from: CalendarDate, to: CalendarDate?, reason: String
    ) throws(PartnerRefusal) {
        var faults: [FieldFault] = []
        if let to, to < from {
            faults.append(FieldFault(field: "to", message: "must not be before the first day, \(from)"))
        }
        if let fault = PartnerRules.text(reason, PartnerRules.longestReason) {
            faults.append(FieldFault(field: "reason", message: fault))
        }
        guard faults.isEmpty else { throw .invalid(faults) }
    }

    private static func checkOverlap(
        _ urn: URN, from: CalendarDate, to: CalendarDate?, others: [PartnerMember]
    ) throws(PartnerRefusal) {
        guard let other = others.first(where: { $0.overlaps(from: from, to: to) }) else { return }
        throw .precondition(subject: "schools/\(urn)", message: """
            School \(urn) is already a member from \(other.from)\(other.to.map { " to \($0)" } ?? " on"). Change that \
            membership's days, or begin after it.
            """)
    }
}
