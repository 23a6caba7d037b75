package import Storage
package import Values

/// What this service keeps: events, places, the waiting list, participants and the register. Each method is
/// one transaction, in the words of the business; SQL goes no further than this folder.
struct TrainingEventsStore: Sendable {
    let store: Store
    let identifiers: any IdentifierSource
    let payloads: any EventPayloads
    let terms: OfferTerms

    /// Does a change of a request once, with its reply kept for repetitions.
    func change(
        _ mutation: Mutation, _ body: @escaping @Sendable (PlaceWork) throws -> [UInt8]
    ) async throws -> [UInt8] {
        try await store.mutate(mutation) { writer in
            try body(PlaceWork(store: self, writer: writer, mutation: mutation))
        }
    }
}

/// What was named and is not held.
enum EventsNotFound: Error, Hashable, Sendable {
    case event(UUIDv7)
    case booking(UUIDv7)
    case waitingEntry(UUIDv7)
}

extension UUIDv7: SQLBindable {
    package var sqlValue: SQLValue { .text(text) }
}

extension URN: SQLBindable {
    package var sqlValue: SQLValue { .int(Int64(number)) }
}

extension Row {
    func identifier(_ column: some RowColumn) throws(StoreError) -> UUIDv7 {
        guard let id = try UUIDv7(text(column)) else { throw unreadable(column, "identifier") }
        return id
    }

    func optionalURN(_ column: some RowColumn) throws(StoreError) -> URN? {
        try optionalInt(column).flatMap { URN(number: Int($0)) }
    }

    func number(_ column: some RowColumn) throws(StoreError) -> Int { Int(try int(column)) }

    func unreadable(_ column: some RowColumn, _ what: String) -> StoreError {
        StoreError(.mismatch, "Column \(column) holds no \(what).")
    }
}

extension SQL {
    /// Values for `IN`, filled up with the last one to a round number, so that few texts of statements
    /// come about.
    static func padded(_ values: [SQLValue]) -> SQL {
        guard let last = values.last else { return "(NULL)" }
        let size = [1, 10, 100, 1000].first { $0 >= values.count } ?? values.count
        return "\(list: values + Array(repeating: last, count: size - values.count))"
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
