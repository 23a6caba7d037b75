import Contracts
import RPC
import ServiceKit
import Values
import Wire

extension EventsService {
    func updateEvent(
        _ request: TrainingEventsV1.UpdateEventRequest, context: ServerContext
    ) async throws -> TrainingEventsV1.Event {
        let id = try UUIDv7(request.id, of: "event")
        var violations = FieldViolations()
        let plan = EventPlan(
            title: request.title, venue: violations.venue(request.venue), parts: violations.parts(request.parts),
            capacity: Int(request.capacity), minimum: Int(request.minimum), reserved: Int(request.reserved),
            blocked: Int(request.blocked))
        violations.expectedVersion(request.expectedVersion)
        try violations.throwIfAny()
        let mutation = context.mutation(reason: request.reason, at: wallClock.now())
        let reply = try await EventsErrors.translate(id.text) {
            try await store.updateEvent(id, plan, expectedVersion: request.expectedVersion, mutation) {
                TrainingEventsV1.Event($0).encoded()
            }
        }
        return try TrainingEventsV1.Event(decoding: reply)
    }
}
