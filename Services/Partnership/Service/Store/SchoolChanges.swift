import ServiceKit
import Storage
import Values

extension EstablishmentRow: AppliedFile {
    static func effects(
        of rows: [GiasRow<School>], on changes: RegisterChanges
    ) throws(StoreError) -> [RegisterChanges.Effect] {
        try changes.effects(of: rows)
    }
}

extension GroupRow: AppliedFile {
    static func effects(
        of rows: [GiasRow<SchoolGroup>], on changes: RegisterChanges
    ) throws(StoreError) -> [RegisterChanges.Effect] {
        try changes.effects(of: rows.map(\.value))
    }
}

/// Applying rows of establishments and groups.
extension RegisterChanges {
    func effects(of rows: [GiasRow<School>]) throws(StoreError) -> [Effect] {
        var held: [URN: Int64] = [:]
        for row in try writer.rows("""
            SELECT urn, digest FROM schools WHERE urn IN \(SQL.padded(rows.map(\.value.urn.sqlValue)))
            """) {
            held[try row.urn(0)] = try row.int(1)
        }
        var effects: [Effect] = []
        for row in rows {
            effects.append(try effect(of: row, heldDigest: held[row.value.urn]))
        }
        return effects
    }

    /// Rows equal to what is held are told by their digest alone; what is held is read for the others only.
    private func effect(of row: GiasRow<School>, heldDigest: Int64?) throws(StoreError) -> Effect {
        var school = row.value
        guard let heldDigest else {
            try insert(school)
            return .inserted
        }
        if row.absentColumns.isEmpty, ContentDigest.of(school.contents) == heldDigest { return .unchanged }
        guard let stored = try writer.row("""
            SELECT \(raw: SchoolTable.columns) FROM schools WHERE urn = \(school.urn)
            """) else { throw StoreError(.corrupt, "School \(school.urn) has vanished in a transaction.") }
        let held = try SchoolTable.read(stored)
        EstablishmentRow.keepAbsent(row.absentColumns, of: held.school, in: &school)
        switch SchoolDecision.decide(held: held.school, incoming: school) {
        case .insert, .unchanged: return .unchanged
        case .stale: return .ignored
        case .update(let change):
            try update(held, to: school, change)
            return .updated
        }
    }

    private func insert(_ school: School) throws(StoreError) {
        try SchoolTable.write(school, digest: ContentDigest.of(school.contents), version: RecordVersion.first, to: writer)
        try writer.recordHistory(entity: "school", id: school.urn.description, version: RecordVersion.first,
                                 change: "added", mutation)
        // Links are imported after their schools: a new one has none.
        try tell("school.added", school, version: RecordVersion.first, successors: [])
    }

    private func update(_ held: StoredSchool, to school: School, _ change: SchoolDecision.Change) throws(StoreError) {
        let version = held.version + 1
        try SchoolTable.write(school, digest: ContentDigest.of(school.contents), version: version, to: writer)
        try writer.recordHistory(
            entity: "school", id: school.urn.description, version: version, change: change.rawValue,
            detailJSON: ChangedFields.json(from: held.school.contents, to: school.contents,
                                           hidden: School.personalFields), mutation)
        if let left = MembershipDecision.trustLeft(held: held.school, incoming: school) {
            try writer.execute("""
                UPDATE group_memberships SET is_ended = 1, ended_on = \(school.lastChangedOn.sqlValue)
                WHERE urn = \(school.urn) AND group_uid = \(left) AND is_ended = 0
                """)
        }
        let successors = try successors(of: school.urn)
        try tell("school.\(change.rawValue)", school, version: version, successors: successors)
    }

    func successors(of urn: URN) throws(StoreError) -> [URN] {
        try Self.successors(of: urn, writer)
    }

    static func successors(of urn: URN, _ reader: any Reader) throws(StoreError) -> [URN] {
        var found: [URN] = []
        for row in try reader.rows("""
            SELECT other_urn FROM school_links WHERE urn = \(urn) AND link_type LIKE 'Successor%' ORDER BY other_urn
            """) {
            found.append(try row.urn(0))
        }
        return found
    }

    func tell(_ type: String, _ school: School, version: Int64, successors: [URN]) throws(StoreError) {
        let facts = SchoolEventFacts(urn: school.urn, name: school.name, isSelectable: school.isSelectable,
                                     isOpen: school.status != .closed, successors: successors)
        try store.append(type, subject: school.urn.description, version: version, store.payloads.school(facts), at: now,
                         actor: claim.actor, to: writer)
    }

    func effects(of groups: [SchoolGroup]) throws(StoreError) -> [Effect] {
        var held: [Int: StoredGroup] = [:]
        for row in try writer.rows("""
            SELECT \(raw: GroupTable.columns) FROM school_groups
            WHERE uid IN \(SQL.padded(groups.map { .int(Int64($0.uid)) }))
            """) {
            let stored = try GroupTable.read(row)
            held[stored.group.uid] = stored
        }
        var effects: [Effect] = []
        for group in groups {
            let stored = held[group.uid]
            if stored?.group == group {
                effects.append(.unchanged)
                continue
            }
            let version = (stored?.version ?? 0) + 1
            try GroupTable.write(group, version: version, to: writer)
            try writer.recordHistory(
                entity: "school-group", id: String(group.uid), version: version,
                change: stored == nil ? "added" : "changed",
                detailJSON: stored.map { ChangedFields.json(from: $0.group.contents, to: group.contents) } ?? "{}",
                mutation)
            effects.append(stored == nil ? .inserted : .updated)
        }
        return effects
    }
}
