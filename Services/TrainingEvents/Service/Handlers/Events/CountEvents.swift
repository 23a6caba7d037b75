import Contracts
import RPC
import ServiceKit

extension EventsService {
    func countEvents(
        _ request: TrainingEventsV1.CountEventsRequest, context: ServerContext
    ) async throws -> TrainingEventsV1.CountEventsReply {
        var violations = FieldViolations()
        violations.require(!request.cohortId.isEmpty, "cohortId", "must be given")
        try violations.throwIfAny()
        let counts = try await store.eventCounts(of: request.cohortId)
        return .init(counts: counts.map { count in
            .init(programme: count.programme, status: .init(rawValue: Int32(count.status.rawValue)),
                  events: count.events, capacity: count.capacity, booked: count.booked, waiting: count.waiting)
        })
    }
}
