import Contracts
import RPC
import ServiceKit
import Values
import Wire

extension EventsService {
    func cancelEvent(
        _ request: TrainingEventsV1.CancelEventRequest, context: ServerContext
    ) async throws -> TrainingEventsV1.Event {
        let id = try UUIDv7(request.id, of: "event")
        var violations = FieldViolations()
        violations.expectedVersion(request.expectedVersion)
        try violations.throwIfAny()
        let mutation = context.mutation(reason: request.reason, at: wallClock.now())
        let reply = try await EventsErrors.translate(id.text) {
            try await store.cancelEvent(id, expectedVersion: request.expectedVersion, mutation) {
                TrainingEventsV1.Event($0).encoded()
            }
        }
        return try TrainingEventsV1.Event(decoding: reply)
    }
}
