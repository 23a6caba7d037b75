import Contracts
import RPC
import ServiceKit
import Values

extension EventsService {
    func listEventHistory(
        _ request: TrainingEventsV1.ListEventHistoryRequest, context: ServerContext
    ) async throws -> TrainingEventsV1.ListEventHistoryReply {
        let id = try UUIDv7(request.id, of: "event")
        var violations = FieldViolations()
        let pageSize = violations.pageSize(request.pageSize, standard: 50, most: 100)
        try violations.throwIfAny()
        guard let page = try await store.eventHistory(id, pageSize: pageSize, token: request.pageToken) else {
            throw RPCError.notFound("event", request.id)
        }
        return .init(entries: page.elements.map { .init($0) }, nextPageToken: page.nextToken)
    }
}
