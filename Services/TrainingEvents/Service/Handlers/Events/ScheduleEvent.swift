import Contracts
import RPC
import ServiceKit
import Values
import Wire

extension EventsService {
    func scheduleEvent(
        _ request: TrainingEventsV1.ScheduleEventRequest, context: ServerContext
    ) async throws -> TrainingEventsV1.Event {
        var violations = FieldViolations()
        let subject = EventSubject(programme: request.programme, module: request.module, cohortID: request.cohortId,
                                   partnerID: request.partnerId)
        let plan = EventPlan(
            title: request.title, venue: violations.venue(request.venue), parts: violations.parts(request.parts),
            capacity: Int(request.capacity), minimum: Int(request.minimum), reserved: Int(request.reserved),
            blocked: Int(request.blocked))
        try violations.throwIfAny()
        let mutation = context.mutation(reason: request.reason, at: wallClock.now())
        let reply = try await EventsErrors.translate("") {
            try await store.scheduleEvent(subject, plan, mutation) { TrainingEventsV1.Event($0).encoded() }
        }
        return try TrainingEventsV1.Event(decoding: reply)
    }
}
