import ServiceKit
import Storage
import Values

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
