import Contracts
import RPC
import ServiceKit
import Values
import Wire

extension BookingsService {
    func moveBooking(
        _ request: TrainingEventsV1.MoveBookingRequest, context: ServerContext
    ) async throws -> TrainingEventsV1.Booking {
        let id = try UUIDv7(request.id, of: "booking")
        let target = try UUIDv7(request.toEventId, of: "event")
        var violations = FieldViolations()
        violations.expectedVersion(request.expectedVersion)
        try violations.throwIfAny()
        let mutation = context.mutation(reason: request.reason, at: wallClock.now())
        let reply = try await EventsErrors.translate(id.text) {
            try await store.moveBooking(id, to: target, expectedVersion: request.expectedVersion, mutation) {
                TrainingEventsV1.Booking($0).encoded()
            }
        }
        return try TrainingEventsV1.Booking(decoding: reply)
    }
}
