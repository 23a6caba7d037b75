import ServiceKit
import Storage
import Values

/// What this service keeps: the register, its imports, and the partners. Each method is one
/// transaction, in the words of the business; SQL goes no further than this folder.
struct PartnershipStore: Sendable {
    let store: Store
    let identifiers: any IdentifierSource
    let payloads: any EventPayloads

    /// Adds an event about a record, in the transaction of the change.
    func append(
        _ type: String, subject: String, version: Int64, _ payload: EventPayload, at: Instant, actor: Actor,
        to writer: any Writer
    ) throws(StoreError) {
        try writer.appendEvent(StoredEvent(
            id: identifiers.next().text, type: type, subject: subject, subjectVersion: version, at: at, actor: actor,
            payloadType: payload.type, payload: payload.bytes))
    }
}

extension Row {

    func code(_ column: Int) throws(StoreError) -> RegisterCode {
        RegisterCode(code: try text(column), name: try text(column + 1))
    }
}
