import ServiceKit
import Storage
import Values

/// A school with its groups and links.
struct SchoolInFull: Hashable, Sendable {
    struct Group: Hashable, Sendable {
        var uid: Int
        var name: String
        var type: RegisterCode
        var joinedOn: CalendarDate?
    }

    struct Link: Hashable, Sendable {
        var link: SchoolLink
        /// Empty if the register holds no such school.
        var otherName: String
    }

    var stored: StoredSchool
    var groups: [Group] = []
    var links: [Link] = []
}

/// What is asked of the register.
extension PartnershipStore {
    /// Nil if no import brought it.
    func school(_ urn: URN) async throws -> SchoolInFull? {
        try await store.read { reader in
            guard let row = try reader.row("SELECT \(raw: SchoolTable.columns) FROM schools WHERE urn = \(urn)") else {
                return nil
            }
            var school = SchoolInFull(stored: try SchoolTable.read(row))
            school.groups = try reader.rows("""
                SELECT m.group_uid, g.name, g.type_code, g.type_name, m.joined_on
                FROM group_memberships m JOIN school_groups g ON g.uid = m.group_uid
                WHERE m.urn = \(urn) AND m.is_ended = 0 ORDER BY g.name_key, g.uid
                """).map { row in
                    SchoolInFull.Group(uid: Int(try row.int(0)), name: try row.text(1), type: try row.code(2),
                                       joinedOn: try row.optionalDate(4))
                }
            school.links = try reader.rows("""
                SELECT l.other_urn, l.link_type, l.established_on, COALESCE(o.name, '')
                FROM school_links l LEFT JOIN schools o ON o.urn = l.other_urn
                WHERE l.urn = \(urn) ORDER BY l.established_on NULLS FIRST, l.other_urn
                """).map { row in
                    let link = SchoolLink(urn: urn, otherURN: try row.urn(0), type: try row.text(1),
                                          establishedOn: try row.optionalDate(2))
                    return SchoolInFull.Link(link: link, otherName: try row.text(3))
                }
            return school
        }
    }

    /// Those that the register holds, in the order asked for; one that is asked for twice is answered twice.
    func schools(_ urns: [Int]) async throws -> [StoredSchool] {
        guard !urns.isEmpty else { return [] }
        return try await store.read { reader in
            let list = SQL.padded(urns.map { .int(Int64($0)) })
            var found: [Int: StoredSchool] = [:]
            for row in try reader.rows("SELECT \(raw: SchoolTable.columns) FROM schools WHERE urn IN \(list)") {
                let school = try SchoolTable.read(row)
                found[Int(school.school.urn.number)] = school
            }
            return urns.compactMap { found[$0] }
        }
    }

    func group(_ uid: Int) async throws -> StoredGroup? {
        try await store.read { reader in
            guard let row = try reader.row("SELECT \(raw: GroupTable.columns) FROM school_groups WHERE uid = \(uid)") else {
                return nil
            }
            var group = try GroupTable.read(row)
            let count = try reader.row("""
                SELECT COUNT(*) FROM group_memberships WHERE group_uid = \(uid) AND is_ended = 0
                """)
            group.memberCount = Int(try count?.int(0) ?? 0)
            return group
        }
    }

    /// In the order asked for.
    func groups(_ uids: [Int]) async throws -> [StoredGroup] {
        try await store.read { reader in
            let list = SQL.padded(uids.map { .int(Int64($0)) })
            var counts: [Int: Int] = [:]
            for row in try reader.rows("""
                SELECT group_uid, COUNT(*) FROM group_memberships WHERE group_uid IN \(list) AND is_ended = 0
                GROUP BY group_uid
                """) {
                counts[Int(try row.int(0))] = Int(try row.int(1))
            }
            var found: [Int: StoredGroup] = [:]
            for row in try reader.rows("SELECT \(raw: GroupTable.columns) FROM school_groups WHERE uid IN \(list)") {
                var group = try GroupTable.read(row)
                group.memberCount = counts[group.group.uid] ?? 0
                found[group.group.uid] = group
            }
            return uids.compactMap { found[$0] }
        }
    }

    /// The schools that are in a group now, by name and URN; nil if there is no such group.
    func schools(inGroup uid: Int, pageSize: Int, token: String) async throws -> Page<StoredSchool>? {
        let filters: [SQLValue] = [.text("group-schools"), .int(Int64(uid))]
        let after = try PageToken.keys(token, count: 2, filters: filters)
        return try await store.read { reader in
            guard try reader.row("SELECT 1 FROM school_groups WHERE uid = \(uid)") != nil else { return nil }
            let rest: SQL = after.map { " AND (s.name_key, s.urn) > (\($0[0]), \($0[1]))" } ?? ""
            let rows = try reader.rows("""
                SELECT \(raw: SchoolTable.qualified), s.name_key FROM group_memberships m JOIN schools s ON s.urn = m.urn
                WHERE m.group_uid = \(uid) AND m.is_ended = 0\(rest)
                ORDER BY s.name_key, s.urn LIMIT \(pageSize + 1)
                """)
            return try Page(rows, size: pageSize, filters: filters) { row in
                try SchoolTable.read(row)
            } keys: { row in
                [try row.value("name_key"), try row.value("urn")]
            }
        }
    }

    /// What searches look at of all schools and groups, and which state of the register that is.
    func searchable() async throws -> SearchableRegister {
        try await store.read { reader in
            var register = SearchableRegister(generation: try Self.generation(reader))
            try reader.forEach("SELECT \(raw: SearchableSchool.columns) FROM schools") { row in
                register.schools.append(try SearchableSchool(row))
            }
            try reader.forEach("SELECT \(raw: SearchableGroup.columns) FROM school_groups") { row in
                register.groups.append(try SearchableGroup(row))
            }
            return register
        }
    }

    func registerGeneration() async throws -> Int64 {
        try await store.read { reader in try Self.generation(reader) }
    }

    private static func generation(_ reader: any Reader) throws(StoreError) -> Int64 {
        try reader.row("SELECT generation FROM register_generation")?.int(0) ?? 0
    }
}

struct SearchableRegister: Sendable {
    var generation: Int64
    var schools: [SearchableSchool] = []
    var groups: [SearchableGroup] = []
}
