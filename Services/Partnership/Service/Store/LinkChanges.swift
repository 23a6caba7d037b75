import Storage
import Values

extension MembershipRow: AppliedFile {
    static func effects(
        of rows: [GiasRow<GroupMembership>], on changes: RegisterChanges
    ) throws(StoreError) -> [RegisterChanges.Effect] {
        try changes.effects(of: rows.map(\.value))
    }
}

extension LinkRow: AppliedFile {
    static func effects(
        of rows: [GiasRow<SchoolLink>], on changes: RegisterChanges
    ) throws(StoreError) -> [RegisterChanges.Effect] {
        try changes.effects(of: rows.map(\.value))
    }
}

/// Applying rows of memberships and links.
extension RegisterChanges {
    func effects(of memberships: [GroupMembership]) throws(StoreError) -> [Effect] {
        let known = try knownSchools(memberships.map(\.urn))
        var groups: [Int: Bool] = [:]
        for row in try writer.rows("""
            SELECT uid, type_code FROM school_groups
            WHERE uid IN \(SQL.padded(memberships.map { .int(Int64($0.groupUID)) }))
            """) {
            groups[Int(try row.int(0))] = SchoolGroup.exclusiveTypes.contains(try row.text(1))
        }
        var held = try heldMemberships(memberships.map(\.urn))
        var effects: [Effect] = []
        for membership in memberships {
            guard known.contains(membership.urn) else {
                effects.append(.ignored)
                continue
            }
            guard let isExclusive = groups[membership.groupUID] else {
                effects.append(.rejected(GiasIssue(
                    severity: .rejected, code: .groupUnknown, column: "Group UID", message: """
                        The register holds no group \(membership.groupUID). Not imported; import the groups file too.
                        """)))
                continue
            }
            effects.append(try effect(of: membership, isExclusive, &held[membership.urn, default: []]))
        }
        return effects
    }

    private func effect(of membership: GroupMembership, _ isExclusive: Bool,
                        _ held: inout [HeldMembership]) throws(StoreError) -> Effect {
        switch MembershipDecision.decide(membership, isExclusive: isExclusive, held: held) {
        case .unchanged: return .unchanged
        case .stale: return .ignored
        case .insert(let ending):
            try write(membership, isExclusive, ending, &held)
            return .inserted
        case .update(let ending):
            try write(membership, isExclusive, ending, &held)
            return .updated
        }
    }

    private func write(_ membership: GroupMembership, _ isExclusive: Bool, _ ending: [Int],
                       _ held: inout [HeldMembership]) throws(StoreError) {
        for uid in ending {
            try writer.execute("""
                UPDATE group_memberships SET is_ended = 1, ended_on = \(membership.joinedOn.sqlValue)
                WHERE urn = \(membership.urn) AND group_uid = \(uid)
                """)
        }
        try writer.execute("""
            INSERT INTO group_memberships (urn, group_uid, joined_on, is_ended, ended_on)
            VALUES (\(membership.urn), \(membership.groupUID), \(membership.joinedOn.sqlValue), 0, NULL)
            ON CONFLICT (urn, group_uid) DO UPDATE SET joined_on = excluded.joined_on, is_ended = 0, ended_on = NULL
            """)
        for index in held.indices where ending.contains(held[index].groupUID) {
            held[index].isEnded = true
        }
        held.removeAll { $0.groupUID == membership.groupUID }
        held.append(HeldMembership(groupUID: membership.groupUID, isExclusive: isExclusive,
                                   joinedOn: membership.joinedOn, isEnded: false))
    }

    func effects(of links: [SchoolLink]) throws(StoreError) -> [Effect] {
        let known = try knownSchools(links.map(\.urn))
        var held: [SchoolLink: SchoolLink] = [:]
        func key(_ link: SchoolLink) -> SchoolLink { SchoolLink(urn: link.urn, otherURN: link.otherURN, type: "") }
        for row in try writer.rows("""
            SELECT urn, other_urn, link_type, established_on FROM school_links
            WHERE urn IN \(SQL.padded(links.map(\.urn.sqlValue)))
            """) {
            let link = SchoolLink(urn: try row.urn(0), otherURN: try row.urn(1), type: try row.text(2),
                                  establishedOn: try row.optionalDate(3))
            held[key(link)] = link
        }
        var effects: [Effect] = []
        var succeeded: [URN] = []
        for link in links {
            let stored = held[key(link)]
            guard known.contains(link.urn) else {
                effects.append(.ignored)
                continue
            }
            guard stored != link else {
                effects.append(.unchanged)
                continue
            }
            try writer.execute("""
                INSERT INTO school_links (urn, other_urn, link_type, established_on)
                VALUES (\(link.urn), \(link.otherURN), \(link.type), \(link.establishedOn.sqlValue))
                ON CONFLICT (urn, other_urn) DO UPDATE
                SET link_type = excluded.link_type, established_on = excluded.established_on
                """)
            effects.append(stored == nil ? .inserted : .updated)
            if link.isSuccessor != stored?.isSuccessor ?? false, succeeded.last != link.urn { succeeded.append(link.urn) }
        }
        try tellSuccessors(succeeded)
        return effects
    }

    /// Followers learn who came after a school, though its own row has not changed.
    private func tellSuccessors(_ urns: [URN]) throws(StoreError) {
        for urn in urns {
            guard let row = try writer.row("SELECT \(raw: SchoolTable.columns) FROM schools WHERE urn = \(urn)") else {
                continue
            }
            let stored = try SchoolTable.read(row)
            try tell("school.changed", stored.school, version: stored.version, successors: try successors(of: urn))
        }
    }

    private func knownSchools(_ urns: [URN]) throws(StoreError) -> Set<URN> {
        var known: Set<URN> = []
        for row in try writer.rows("SELECT urn FROM schools WHERE urn IN \(SQL.padded(urns.map(\.sqlValue)))") {
            known.insert(try row.urn(0))
        }
        return known
    }

    private func heldMemberships(_ urns: [URN]) throws(StoreError) -> [URN: [HeldMembership]] {
        var held: [URN: [HeldMembership]] = [:]
        for row in try writer.rows("""
            SELECT m.urn, m.group_uid, g.type_code, m.joined_on, m.is_ended
            FROM group_memberships m JOIN school_groups g ON g.uid = m.group_uid
            WHERE m.urn IN \(SQL.padded(urns.map(\.sqlValue)))
            """) {
            held[try row.urn(0), default: []].append(HeldMembership(
                groupUID: Int(try row.int(1)), isExclusive: SchoolGroup.exclusiveTypes.contains(try row.text(2)),
                joinedOn: try row.optionalDate(3), isEnded: try row.bool(4)))
        }
        return held
    }
}
