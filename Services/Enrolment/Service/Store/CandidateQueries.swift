import ServiceKit
import Storage
import Values

/// Which candidates a list shows, and in which order.
struct CandidateFilter: Hashable, Sendable {
    enum Order: Int, Hashable, Sendable {
        case name = 1
        case newest = 2
        case updated = 3
    }

    /// How somebody is named who is looked for.
    enum Person: Hashable, Sendable {
        /// Beginnings of words of the name.
        case name(String)
        case trn(TRN)
        /// The whole address, as it is kept or typed with capitals.
        case email(String)
    }

    var person: Person?
    var schools: [URN] = []
    var groups: [Int] = []
    var order = Order.name

    var values: [SQLValue] {
        let name: [SQLValue] = switch person {
        case nil: [.null, .null]
        case .name(let query): [.text("name"), .text(query)]
        case .trn(let trn): [.text("trn"), trn.sqlValue]
        case .email(let email): [.text("email"), .text(email)]
        }
        return [.text("candidates")] + name + [
            .text(schools.map(\.description).joined(separator: ",")),
            .text(groups.map(String.init).joined(separator: ",")), .int(Int64(order.rawValue)),
        ]
    }
}

/// What is asked of the candidates.
extension EnrolmentStore {
    func candidate(_ id: UUIDv7) async throws -> Candidate? {
        try await store.read { reader in try CandidateTable.find(id, reader) }
    }

    /// Those that exist, in the order asked for.
    func candidates(_ ids: [UUIDv7]) async throws -> [Candidate] {
        guard !ids.isEmpty else { return [] }
        return try await store.read { reader in
            var found: [UUIDv7: Candidate] = [:]
            for row in try reader.rows("""
                SELECT \(raw: CandidateTable.columns) FROM candidates WHERE id IN \(SQL.padded(ids.map(\.sqlValue)))
                """) {
                let candidate = try CandidateTable.read(row)
                found[candidate.id] = candidate
            }
            return ids.compactMap { found[$0] }
        }
    }

    func candidates(_ filter: CandidateFilter, pageSize: Int, token: String) async throws -> Page<Candidate> {
        let keyCount = filter.order == .newest ? 1 : 2
        let after = try PageToken.keys(token, count: keyCount, filters: filter.values)
        return try await store.read { reader in
            var conditions = try Self.conditions(filter, reader)
            let order: SQL
            switch filter.order {
            case .name:
                if let after { conditions.append("(c.name_key, c.id) > (\(after[0]), \(after[1]))") }
                order = "c.name_key, c.id"
            case .newest:
                if let after { conditions.append("c.id < \(after[0])") }
                order = "c.id DESC"
            case .updated:
                if let after { conditions.append("(c.updated_at, c.id) < (\(after[0]), \(after[1]))") }
                order = "c.updated_at DESC, c.id DESC"
            }
            let rows = try reader.rows("""
                SELECT \(raw: CandidateTable.qualified), c.name_key FROM candidates c
                WHERE \(conditions.joined(separator: " AND ")) ORDER BY \(order) LIMIT \(pageSize + 1)
                """)
            return try Page(rows, size: pageSize, filters: filter.values) { row in
                try CandidateTable.read(row)
            } keys: { row in
                switch filter.order {
                case .name: [try row.value("name_key"), try row.value("id")]
                case .newest: [try row.value("id")]
                case .updated: [try row.value("updated_at"), try row.value("id")]
                }
            }
        }
    }

    /// More candidates than this with a word: the list is walked in its order and each name looked at.
    /// Fewer: these are taken and sorted. Either way a page of 100,000 candidates takes some milliseconds.
    private static let fewMatches = 2000

    private static func conditions(_ filter: CandidateFilter, _ reader: any Reader) throws(StoreError) -> [SQL] {
        var conditions: [SQL] = ["1 = 1"]
        switch filter.person {
        case nil: break
        case .name(let query): conditions += try words(NameKey.words(query), reader)
        case .trn(let trn): conditions.append("c.trn = \(trn)")
        case .email(let email): conditions.append("c.email IN \(list: [email, email.lowercased()])")
        }
        if !filter.schools.isEmpty { conditions.append("c.school_urn IN \(list: filter.schools)") }
        if !filter.groups.isEmpty { conditions.append("c.group_uid IN \(list: filter.groups)") }
        return conditions
    }

    private static func words(_ words: [String], _ reader: any Reader) throws(StoreError) -> [SQL] {
        var conditions: [SQL] = []
        for word in words {
            // Everything that begins with the word lies between it and the word with the last character.
            let isMatch: SQL = "w.word >= \(word) AND w.word < \(word + "\u{10FFFF}")"
            let isCommon = try reader.row("""
                SELECT 1 FROM candidate_words w WHERE \(isMatch) LIMIT 1 OFFSET \(fewMatches)
                """) != nil
            conditions.append(isCommon
                ? "EXISTS (SELECT 1 FROM candidate_words w WHERE w.candidate_id = c.id AND \(isMatch))"
                : "c.id IN (SELECT w.candidate_id FROM candidate_words w WHERE \(isMatch))")
        }
        return conditions
    }
}
