import Contracts
import RPC
import ServiceKit
import Values

extension EventsService {
    private static var mostIDs: Int { 200 }

    func batchGetEvents(
        _ request: TrainingEventsV1.BatchGetEventsRequest, context: ServerContext
    ) async throws -> TrainingEventsV1.BatchGetEventsReply {
        var violations = FieldViolations()
        violations.require(request.ids.count <= Self.mostIDs, "ids", "must be at most \(Self.mostIDs)")
        try violations.throwIfAny()
        // What cannot be an id names nothing.
        let found = try await store.events(request.ids.compactMap { UUIDv7($0) })
        return .init(events: found.map { .init($0) })
    }
}
