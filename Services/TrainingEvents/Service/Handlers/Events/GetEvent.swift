import Contracts
import RPC
import ServiceKit
import Values

extension EventsService {
    func getEvent(
        _ request: TrainingEventsV1.GetEventRequest, context: ServerContext
    ) async throws -> TrainingEventsV1.Event {
        let id = try UUIDv7(request.id, of: "event")
        guard let event = try await store.event(id) else { throw RPCError.notFound("event", request.id) }
        return TrainingEventsV1.Event(event)
    }
}
