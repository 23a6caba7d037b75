import ServiceKit
import Storage
import Values

/// Why a partner or membership that was named cannot be changed.
enum PartnerNotFound: Error, Hashable, Sendable {
    case partner(UUIDv7)
    case member(UUIDv7)
}

/// Registering and changing partners: look up what is held, judge, write, tell.
extension PartnershipStore {
    func registerPartner(
        _ kind: PartnerKind, _ details: PartnerDetails, _ mutation: Mutation,
        reply: @escaping @Sendable (Partner) -> [UInt8]
    ) async throws -> [UInt8] {
        let id = identifiers.next()
        return try await store.mutate(mutation) { writer in
            let facts = try Self.facts(details, except: nil, writer)
            try PartnerRules.checkNew(kind, details, reason: mutation.reason, facts)
            let partner = Partner(id: id, kind: kind, details: details, createdAt: mutation.at,
                                  updatedAt: mutation.at, version: RecordVersion.first)
            try PartnerTable.write(partner, to: writer)
            let nothing = details.contents.map { (field: $0.field, value: "") }
            try record(partner, "registered", ChangedFields.json(
                from: nothing, to: details.contents, hidden: PartnerDetails.personalFields), mutation, writer)
            try tell("partner.registered", partner, mutation, writer)
            return reply(partner)
        }
    }

    func updatePartner(
        _ id: UUIDv7, _ edit: PartnerEdit, expectedVersion: Int64, _ mutation: Mutation,
        reply: @escaping @Sendable (Partner) -> [UInt8]
    ) async throws -> [UInt8] {
        try await store.mutate(mutation) { writer in
            guard let held = try PartnerTable.find(id, writer) else { throw PartnerNotFound.partner(id) }
            let details = edit.details(keeping: held.details.status)
            let facts = try Self.facts(details, except: id, writer)
            try PartnerRules.checkChange(of: held, to: details, expectedVersion: expectedVersion,
                                         reason: mutation.reason, facts)
            if held.details == details { return reply(held) }
            var partner = held
            partner.details = details
            partner.updatedAt = mutation.at
            partner.version += 1
            try PartnerTable.write(partner, to: writer)
            try record(partner, "edited", ChangedFields.json(
                from: held.details.contents, to: details.contents, hidden: PartnerDetails.personalFields),
                       mutation, writer)
            try tell("partner.edited", partner, mutation, writer)
            return reply(partner)
        }
    }

    func addMember(
        to partnerID: UUIDv7, school urn: URN, from: CalendarDate, to: CalendarDate?, _ mutation: Mutation,
        reply: @escaping @Sendable (NamedMember) -> [UInt8]
    ) async throws -> [UInt8] {
        let id = identifiers.next()
        return try await store.mutate(mutation) { writer in
            guard let partner = try PartnerTable.find(partnerID, writer) else { throw PartnerNotFound.partner(partnerID) }
            let school = try Self.schoolFacts(urn, writer)
            let others = try Self.members(of: partnerID, school: urn, writer)
            try MemberRules.checkNew(of: partner, school: urn, school, from: from, to: to, reason: mutation.reason,
                                     others: others)
            let member = PartnerMember(id: id, partnerID: partnerID, urn: urn, from: from, to: to,
                                       version: RecordVersion.first)
            try writer.execute("""
                INSERT INTO partner_members (id, partner_id, urn, from_day, to_day, version)
                VALUES (\(id), \(partnerID), \(urn), \(from), \(to.sqlValue), \(member.version))
                """)
            let nothing = member.contents.map { (field: $0.field, value: "") }
            return try finish(member, school?.name ?? "", of: partner, "member-added",
                              ChangedFields.json(from: nothing, to: member.contents), mutation, writer, reply)
        }
    }

    func updateMember(
        _ id: UUIDv7, of partnerID: UUIDv7, from: CalendarDate, to: CalendarDate?, expectedVersion: Int64,
        _ mutation: Mutation, reply: @escaping @Sendable (NamedMember) -> [UInt8]
    ) async throws -> [UInt8] {
        try await store.mutate(mutation) { writer in
            guard let partner = try PartnerTable.find(partnerID, writer) else { throw PartnerNotFound.partner(partnerID) }
            guard let row = try writer.row("""
                SELECT \(raw: PartnerTable.memberColumns) FROM partner_members m
                WHERE m.id = \(id) AND m.partner_id = \(partnerID)
                """) else { throw PartnerNotFound.member(id) }
            let held = try PartnerTable.readMember(row)
            let others = try Self.members(of: partnerID, school: held.urn, writer)
            try MemberRules.checkChange(of: held, from: from, to: to, expectedVersion: expectedVersion,
                                        reason: mutation.reason, others: others)
            let name = try Self.schoolFacts(held.urn, writer)?.name ?? ""
            if held.from == from, held.to == to { return reply(NamedMember(member: held, schoolName: name)) }
            var member = held
            (member.from, member.to) = (from, to)
            member.version += 1
            try writer.execute("""
                UPDATE partner_members SET from_day = \(from), to_day = \(to.sqlValue), version = \(member.version) WHERE id = \(id)
                """)
            return try finish(member, name, of: partner, "member-edited",
                              ChangedFields.json(from: held.contents, to: member.contents), mutation, writer, reply)
        }
    }

    /// A member's change is part of its partner's history, and so makes a version of the partner.
    private func finish(
        _ member: PartnerMember, _ schoolName: String, of partner: Partner, _ change: String, _ detail: String,
        _ mutation: Mutation, _ writer: any Writer, _ reply: (NamedMember) -> [UInt8]
    ) throws(StoreError) -> [UInt8] {
        var partner = partner
        partner.version += 1
        partner.updatedAt = mutation.at
        try PartnerTable.write(partner, to: writer)
        try record(partner, change, detail, mutation, writer)
        try append("partner.\(change)", subject: member.id.text, version: member.version,
                   payloads.member(member, schoolName: schoolName), at: mutation.at, actor: mutation.actor, to: writer)
        return reply(NamedMember(member: member, schoolName: schoolName))
    }

    private func record(_ partner: Partner, _ change: String, _ detail: String, _ mutation: Mutation,
                        _ writer: any Writer) throws(StoreError) {
        try writer.recordHistory(entity: "partner", id: partner.id.text, version: partner.version, change: change,
                                 detailJSON: detail, mutation)
    }

    private func tell(_ type: String, _ partner: Partner, _ mutation: Mutation,
                      _ writer: any Writer) throws(StoreError) {
        try append(type, subject: partner.id.text, version: partner.version, payloads.partner(partner),
                   at: mutation.at, actor: mutation.actor, to: writer)
    }

    private static func facts(_ details: PartnerDetails, except id: UUIDv7?,
                              _ reader: any Reader) throws(StoreError) -> PartnerFacts {
        var facts = PartnerFacts()
        facts.nameIsInUse = try reader.row("""
            SELECT 1 FROM partners WHERE name_key = \(PartnerRules.nameKey(details.name))
            AND status <> \(PartnerStatus.ended.rawValue) AND id <> \(id?.text ?? "")
            """) != nil
        if let urn = details.leadSchool { facts.leadSchool = try schoolFacts(urn, reader) }
        if let uid = details.groupUID,
           let row = try reader.row("SELECT name, type_code, is_open FROM school_groups WHERE uid = \(uid)") {
            facts.group = GroupFacts(name: try row.text(0), typeCode: try row.text(1), isOpen: try row.bool(2))
        }
        return facts
    }

    private static func schoolFacts(_ urn: URN, _ reader: any Reader) throws(StoreError) -> SchoolFacts? {
        guard let row = try reader.row("SELECT \(raw: SchoolTable.columns) FROM schools WHERE urn = \(urn)") else {
            return nil
        }
        let school = try SchoolTable.read(row).school
        return SchoolFacts(name: school.name, status: school.status, isInEngland: school.isInEngland,
                           successors: try RegisterChanges.successors(of: urn, reader))
    }

    private static func members(of partner: UUIDv7, school urn: URN,
                                _ reader: any Reader) throws(StoreError) -> [PartnerMember] {
        var members: [PartnerMember] = []
        for row in try reader.rows("""
            SELECT \(raw: PartnerTable.memberColumns) FROM partner_members m
            WHERE m.partner_id = \(partner) AND m.urn = \(urn) ORDER BY m.from_day
            """) {
            members.append(try PartnerTable.readMember(row))
        }
        return members
    }
}
