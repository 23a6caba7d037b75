import Contracts
import RPC
import ServiceKit
import Values
import Wire

extension BookingsService {
    func bookPlace(
        _ request: TrainingEventsV1.BookPlaceRequest, context: ServerContext
    ) async throws -> TrainingEventsV1.BookPlaceReply {
        let event = try UUIDv7(request.eventId, of: "event")
        var violations = FieldViolations()
        violations.require(UUIDv7(request.applicationId) != nil, "applicationId", "must be the id of an application")
        let priority = request.priority == .unspecified
            ? .normal : WaitingPriority(rawValue: Int(request.priority.rawValue))
        violations.require(priority != nil, "priority", "must be a class that this release knows")
        try violations.throwIfAny()
        let wish = PlaceWish(
            eventID: event, applicationID: request.applicationId, wait: request.orWait ? priority ?? .normal : nil,
            booksWithoutAsking: request.bookWithoutAsking)
        let mutation = context.mutation(reason: request.reason, at: wallClock.now())
        let reply = try await EventsErrors.translate(event.text) {
            try await store.bookPlace(wish, mutation) { TrainingEventsV1.BookPlaceReply($0).encoded() }
        }
        return try TrainingEventsV1.BookPlaceReply(decoding: reply)
    }
}
