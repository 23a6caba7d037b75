package import Storage
package import Values

/// What this service keeps: cohorts, candidates, applications, and imports of these. Each method is one
/// transaction, in the words of the business; SQL goes no further than this folder.
struct EnrolmentStore: Sendable {
    let store: Store
    let identifiers: any IdentifierSource
    let payloads: any EventPayloads

    /// Adds an event about a record, in the transaction of the change.
    func append(
        _ type: String, subject: UUIDv7, version: Int64, _ payload: EventPayload, _ mutation: Mutation,
        to writer: any Writer
    ) throws(StoreError) {
        try writer.appendEvent(StoredEvent(
            id: identifiers.next().text, type: type, subject: subject.text, subjectVersion: version, at: mutation.at,
            actor: mutation.actor, payloadType: payload.type, payload: payload.bytes))
    }
}

/// A record that was named and is not there.
enum RecordNotFound: Error, Hashable, Sendable {
    case cohort(String)
    case candidate(UUIDv7)
    case application(UUIDv7)
}

extension URN: SQLBindable {
    package var sqlValue: SQLValue { .int(Int64(number)) }
}

extension TRN: SQLBindable {
    package var sqlValue: SQLValue { .int(Int64(number)) }
}

extension UUIDv7: SQLBindable {
    package var sqlValue: SQLValue { .text(text) }
}

extension CohortID: SQLBindable {
    package var sqlValue: SQLValue { .text(text) }
}

extension Row {
    func identifier(_ column: some RowColumn) throws(StoreError) -> UUIDv7 {
        guard let id = try UUIDv7(text(column)) else { throw unreadable(column, "identifier") }
        return id
    }

    func cohortID(_ column: some RowColumn) throws(StoreError) -> CohortID {
        guard let id = try CohortID(text(column)) else { throw unreadable(column, "cohort") }
        return id
    }

    func optionalTRN(_ column: some RowColumn) throws(StoreError) -> TRN? {
        try optionalInt(column).flatMap { TRN(number: Int($0)) }
    }

    /// Of a column with a URN and one with a group UID.
    func employer(_ urn: some RowColumn, _ uid: some RowColumn) throws(StoreError) -> Employer? {
        if let number = try optionalInt(urn) {
            guard let urn = URN(number: Int(number)) else { throw unreadable(urn, "URN") }
            return .school(urn)
        }
        return try optionalInt(uid).map { .trust(Int($0)) }
    }

    func unreadable(_ column: some RowColumn, _ what: String) -> StoreError {
        StoreError(.mismatch, "Column \(column) holds no \(what).")
    }
}

/// A page of a list and how to get the next.
struct Page<Element: Sendable>: Sendable {
    var elements: [Element] = []
    /// Empty on the last page.
    var nextToken = ""
}

extension Page {
    /// Of `size` + 1 rows at most, of which the last only tells that there are more.
    init(_ rows: [Row], size: Int, filters: [SQLValue], element: (Row) throws -> Element,
         keys: (Row) throws -> [SQLValue]) throws {
        elements = try rows.prefix(size).map(element)
        if rows.count > size, size > 0 {
            nextToken = PageToken.text(after: try keys(rows[size - 1]), filters: filters)
        }
    }
}

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
