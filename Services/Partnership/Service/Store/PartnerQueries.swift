import ServiceKit
import Storage
import Values

/// Which partners a list shows.
struct PartnerFilter: Hashable, Sendable {
    var query = ""
    var kinds: Set<PartnerKind> = []
    var statuses: Set<PartnerStatus> = []
    var school: URN?
    /// The day on which membership and agreement are looked at.
    var asOf: CalendarDate
    var inAgreement = false

    var values: [SQLValue] {
        [.text("partners"), .text(query), .text(kinds.map { String($0.rawValue) }.sorted().joined(separator: ",")),
         .text(statuses.map { String($0.rawValue) }.sorted().joined(separator: ",")), school.sqlValue, asOf.sqlValue,
         inAgreement.sqlValue]
    }
}

/// What is asked of the partners.
extension PartnershipStore {
    func partner(_ id: UUIDv7) async throws -> Partner? {
        try await store.read { reader in try PartnerTable.find(id, reader) }
    }

    /// Those that exist, in the order asked for; one that is asked for twice is answered twice.
    func partners(_ ids: [UUIDv7]) async throws -> [Partner] {
        guard !ids.isEmpty else { return [] }
        return try await store.read { reader in
            let list = SQL.padded(ids.map(\.sqlValue))
            var found: [UUIDv7: Partner] = [:]
            for row in try reader.rows("SELECT \(raw: PartnerTable.columns) FROM partners WHERE id IN \(list)") {
                let partner = try PartnerTable.read(row)
                found[partner.id] = partner
            }
            return ids.compactMap { found[$0] }
        }
    }

    /// By name, then id.
    func partners(_ filter: PartnerFilter, pageSize: Int, token: String) async throws -> Page<Partner> {
        let after = try PageToken.keys(token, count: 2, filters: filter.values)
        return try await store.read { reader in
            var conditions = Self.conditions(filter)
            if let after { conditions.append("(p.name_key, p.id) > (\(after[0]), \(after[1]))") }
            let columns = PartnerTable.columns.split(separator: ", ").map { "p." + $0 }.joined(separator: ", ")
            let rows = try reader.rows("""
                SELECT \(raw: columns), p.name_key FROM partners p WHERE \(conditions.joined(separator: " AND "))
                ORDER BY p.name_key, p.id LIMIT \(pageSize + 1)
                """)
            return try Page(rows, size: pageSize, filters: filter.values) { row in
                try PartnerTable.read(row)
            } keys: { row in
                [try row.value("name_key"), try row.value("id")]
            }
        }
    }

    private static func conditions(_ filter: PartnerFilter) -> [SQL] {
        var conditions: [SQL] = ["1 = 1"]
        for word in SearchText.words(filter.query) {
            // Words are letters and digits only, so that none is a wildcard.
            conditions.append("p.search_text LIKE \("% " + word + "%")")
        }
        if !filter.kinds.isEmpty { conditions.append("p.kind IN \(list: filter.kinds.map(\.rawValue).sorted())") }
        if !filter.statuses.isEmpty {
            conditions.append("p.status IN \(list: filter.statuses.map(\.rawValue).sorted())")
        }
        if let school = filter.school {
            conditions.append("""
                EXISTS (SELECT 1 FROM partner_members m WHERE m.partner_id = p.id AND m.urn = \(school)
                        AND m.from_day <= \(filter.asOf) AND (m.to_day IS NULL OR m.to_day >= \(filter.asOf)))
                """)
        }
        if filter.inAgreement {
            conditions.append("""
                p.agreement_from <= \(filter.asOf) AND (p.agreement_to IS NULL OR p.agreement_to >= \(filter.asOf))
                """)
        }
        return conditions
    }

    /// By first day, then school name, then id; nil if there is no such partner.
    func members(of id: UUIDv7, asOf: CalendarDate?, pageSize: Int, token: String) async throws -> Page<NamedMember>? {
        let filters: [SQLValue] = [.text("members"), id.sqlValue, asOf.sqlValue]
        let after = try PageToken.keys(token, count: 3, filters: filters)
        return try await store.read { reader in
            guard try PartnerTable.find(id, reader) != nil else { return nil }
            var conditions: [SQL] = ["m.partner_id = \(id)"]
            if let asOf {
                conditions.append("m.from_day <= \(asOf) AND (m.to_day IS NULL OR m.to_day >= \(asOf))")
            }
            if let after {
                conditions.append("(m.from_day, s.name_key, m.id) > (\(after[0]), \(after[1]), \(after[2]))")
            }
            let rows = try reader.rows("""
                SELECT \(raw: PartnerTable.memberColumns), s.name, s.name_key
                FROM partner_members m JOIN schools s ON s.urn = m.urn WHERE \(conditions.joined(separator: " AND "))
                ORDER BY m.from_day, s.name_key, m.id LIMIT \(pageSize + 1)
                """)
            return try Page(rows, size: pageSize, filters: filters) { row in
                NamedMember(member: try PartnerTable.readMember(row), schoolName: try row.text(6))
            } keys: { row in
                [try row.value(3), try row.value(7), try row.value(0)]
            }
        }
    }

    /// Newest first; nil if there is no such partner.
    func history(of id: UUIDv7, pageSize: Int, token: String) async throws -> Page<HistoryRecord>? {
        try await store.history(of: id, entity: "partner", pageSize: pageSize, token: token)
    }
}
