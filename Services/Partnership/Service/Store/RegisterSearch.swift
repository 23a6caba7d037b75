import ServiceKit
import Storage
import Values

/// Searches of the register: found in the index, read from the store.
struct RegisterSearch: Sendable {
    let store: PartnershipStore
    let index: RegisterIndex

    func schools(_ query: SearchQuery, _ filter: SchoolFilter, pageSize: Int,
                 token: String) async throws -> Page<StoredSchool> {
        let filters = [.text("schools"), .text("\(query)")] + filter.values
        let cursor = try Self.cursor(token, filters)
        let found = try await index.current().schools.search(query, filter, after: cursor, limit: pageSize)
        return Page(elements: try await store.schools(found.keys), nextToken: Self.token(found.next, filters))
    }

    func groups(_ text: String, typeCodes: Set<String>, openOnly: Bool, pageSize: Int,
                token: String) async throws -> Page<StoredGroup> {
        let filters: [SQLValue] = [.text("groups"), .text(text), .text(typeCodes.sorted().joined(separator: ",")),
                                   openOnly.sqlValue]
        let cursor = try Self.cursor(token, filters)
        let found = try await index.current().groups.search(
            text, typeCodes: typeCodes, openOnly: openOnly, after: cursor, limit: pageSize)
        return Page(elements: try await store.groups(found.keys), nextToken: Self.token(found.next, filters))
    }

    private static func cursor(_ token: String, _ filters: [SQLValue]) throws(StoreError) -> SearchCursor? {
        guard let keys = try PageToken.keys(token, count: 3, filters: filters) else { return nil }
        guard case .int(let score) = keys[0], case .text(let sortKey) = keys[1], case .int(let key) = keys[2] else {
            throw StoreError(.badPageToken, "The page token is damaged.")
        }
        return SearchCursor(score: Int(score), sortKey: sortKey, key: Int(key))
    }

    private static func token(_ cursor: SearchCursor?, _ filters: [SQLValue]) -> String {
        guard let cursor else { return "" }
        return PageToken.text(after: [.int(Int64(cursor.score)), .text(cursor.sortKey), .int(Int64(cursor.key))],
                              filters: filters)
    }
}

extension SchoolFilter {
    fileprivate var values: [SQLValue] {
        let codes = [typeCodes, phaseCodes, regionCodes, localAuthorityCodes, districtCodes]
        return [.text(statuses.map { String($0.rawValue) }.sorted().joined(separator: ",")), selectableOnly.sqlValue]
            + codes.map { .text($0.sorted().joined(separator: ",")) }
    }
}
