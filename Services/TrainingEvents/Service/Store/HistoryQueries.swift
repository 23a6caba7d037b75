import Storage
import Values

/// One entry of a record's history, as it is shown.
struct HistoryEntry: Hashable, Sendable {
    var version: Int64
    var at: Instant
    var actorID: String
    var actorKind: String
    var change: String
    var reason: String
    var detailJSON: String

    init(_ record: HistoryRecord) {
        version = record.version
        at = record.at
        actorID = record.actor.id
        actorKind = record.actor.kind
        change = record.change
        reason = record.reason
        detailJSON = record.detailJSON
    }
}

/// Who changed what, when and why.
extension TrainingEventsStore {
    /// Newest first; nil if there is no such event.
    func eventHistory(_ id: UUIDv7, pageSize: Int, token: String) async throws -> Page<HistoryEntry>? {
        try await history("event", id, pageSize: pageSize, token: token)
    }

    /// Newest first; nil if there is no such booking.
    func bookingHistory(_ id: UUIDv7, pageSize: Int, token: String) async throws -> Page<HistoryEntry>? {
        try await history("booking", id, pageSize: pageSize, token: token)
    }

    /// Every record has an entry from its beginning: without one there is no such record.
    private func history(
        _ entity: String, _ id: UUIDv7, pageSize: Int, token: String
    ) async throws -> Page<HistoryEntry>? {
        let filters: [SQLValue] = [.text("\(entity)-history"), id.sqlValue]
        let after = try PageToken.keys(token, count: 1, filters: filters)
        return try await store.read { reader in
            var before = Int64.max
            if case .int(let version) = after?.first { before = version }
            let records = try reader.history(entity: entity, id: id.text, before: before, limit: pageSize + 1)
            if records.isEmpty, after == nil { return nil }
            var page = Page(elements: records.prefix(pageSize).map { HistoryEntry($0) })
            if records.count > pageSize, let last = page.elements.last {
                page.nextToken = PageToken.text(after: [.int(last.version)], filters: filters)
            }
            return page
        }
    }
}
