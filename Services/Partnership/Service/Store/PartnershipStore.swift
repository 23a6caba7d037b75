package import Storage
package import Values

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

extension URN: SQLBindable {
    package var sqlValue: SQLValue { .int(Int64(number)) }
}

extension UKPRN: SQLBindable {
    package var sqlValue: SQLValue { .int(Int64(number)) }
}

extension Postcode: SQLBindable {
    package var sqlValue: SQLValue { .text(text) }
}

extension UUIDv7: SQLBindable {
    package var sqlValue: SQLValue { .text(text) }
}

extension Row {
    func urn(_ column: some RowColumn) throws(StoreError) -> URN {
        guard let urn = try URN(number: Int(int(column))) else { throw unreadable(column, "URN") }
        return urn
    }

    func optionalURN(_ column: some RowColumn) throws(StoreError) -> URN? {
        try optionalInt(column) == nil ? nil : urn(column)
    }

    func optionalUKPRN(_ column: some RowColumn) throws(StoreError) -> UKPRN? {
        try optionalInt(column).flatMap { UKPRN(number: Int($0)) }
    }

    func optionalPostcode(_ column: some RowColumn) throws(StoreError) -> Postcode? {
        try optionalText(column).flatMap { Postcode($0) }
    }

    func identifier(_ column: some RowColumn) throws(StoreError) -> UUIDv7 {
        guard let id = try UUIDv7(text(column)) else { throw unreadable(column, "identifier") }
        return id
    }

    func code(_ column: Int) throws(StoreError) -> RegisterCode {
        RegisterCode(code: try text(column), name: try text(column + 1))
    }

    func unreadable(_ column: some RowColumn, _ what: String) -> StoreError {
        StoreError(.mismatch, "Column \(column) holds no \(what).")
    }
}

extension SQL {
    /// Values for `IN`, filled up with the last one to a round number, so that few texts of statements
    /// come about.
    static func padded(_ values: [SQLValue]) -> SQL {
        guard let last = values.last else { return "(NULL)" }
        let sizes = [1, 10, 100, 1000]
        let size = sizes.first { $0 >= values.count } ?? values.count
        return "\(list: values + Array(repeating: last, count: size - values.count))"
    }
}
