import ServiceKit
import Storage
import Values

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

extension CohortID: SQLBindable {
    package var sqlValue: SQLValue { .text(text) }
}

extension Row {

    func cohortID(_ column: some RowColumn) throws(StoreError) -> CohortID {
        guard let id = try CohortID(text(column)) else { throw unreadable(column, "cohort") }
        return id
    }

    /// Of a column with a URN and one with a group UID.
    func employer(_ urn: some RowColumn, _ uid: some RowColumn) throws(StoreError) -> Employer? {
        if let number = try optionalInt(urn) {
            guard let urn = URN(number: Int(number)) else { throw unreadable(urn, "URN") }
            return .school(urn)
        }
        return try optionalInt(uid).map { .trust(Int($0)) }
    }
}
