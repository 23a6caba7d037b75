package import Contracts
package import Storage
package import Values

extension Store {
    /// A page of a record's history, newest first; nil if there is no such record: every record has an entry from its
    /// beginning.
    /// - Parameter entity: Kind of record, as its entries were written: "partner".
    package func history(
        of id: UUIDv7, entity: String, pageSize: Int, token: String
    ) async throws -> Page<HistoryRecord>? {
        let filters: [SQLValue] = [.text("\(entity)-history"), id.sqlValue]
        let after = try PageToken.keys(token, count: 1, filters: filters)
        return try await read { reader in
            var before = Int64.max
            if case .int(let version) = after?.first { before = version }
            let records = try reader.history(entity: entity, id: id.text, before: before, limit: pageSize + 1)
            if records.isEmpty, after == nil { return nil }
            var page = Page(elements: Array(records.prefix(pageSize)))
            if records.count > pageSize, let last = page.elements.last {
                page.nextToken = PageToken.text(after: [.int(last.version)], filters: filters)
            }
            return page
        }
    }
}

extension CommonV1.HistoryEntry {
    package init(_ record: HistoryRecord) {
        self.init(
            version: record.version, at: .init(record.at), actor: .init(id: record.actor.id, kind: record.actor.kind),
            change: record.change, reason: record.reason, detailJson: record.detailJSON)
    }
}
