import Contracts
import RPC
import ServiceKit

extension BookingsService {
    func listWaiting(
        _ request: TrainingEventsV1.ListWaitingRequest, context: ServerContext
    ) async throws -> TrainingEventsV1.ListWaitingReply {
        var violations = FieldViolations()
        var filter = WaitingFilter(
            events: violations.filter(request.eventId, "eventId"),
            candidates: violations.filter(request.candidateId, "candidateId"))
        filter.statuses = violations.values(request.status, "status") { WaitingStatus(rawValue: Int($0.rawValue)) }
        let pageSize = violations.pageSize(request.pageSize, standard: 50, most: 100)
        try violations.throwIfAny()
        let page = try await store.waitingEntries(filter, pageSize: pageSize, token: request.pageToken)
        return .init(entries: page.elements.map { .init($0) }, nextPageToken: page.nextToken)
    }
}
