import Contracts
import RPC
import ServiceKit

extension EventsService {
    func listEvents(
        _ request: TrainingEventsV1.ListEventsRequest, context: ServerContext
    ) async throws -> TrainingEventsV1.ListEventsReply {
        var violations = FieldViolations()
        violations.require(request.query.count <= EventRules.longestTitle, "query",
                           "must be at most \(EventRules.longestTitle) characters")
        var filter = EventFilter(
            query: request.query, cohorts: violations.filter(request.cohortId, "cohortId"),
            programmes: violations.filter(request.programme, "programme"),
            partners: violations.filter(request.partnerId, "partnerId"), withFreePlaces: request.withFreePlaces)
        filter.statuses = violations.values(request.status, "status") { EventStatus(rawValue: Int($0.rawValue)) }
        filter.startsFrom = violations.instant(request.startsFrom, "startsFrom")
        filter.startsBefore = violations.instant(request.startsBefore, "startsBefore")
        let order = request.order == .unspecified ? .starts : EventOrder(rawValue: Int(request.order.rawValue))
        violations.require(order != nil, "order", "must be an order that this release knows")
        filter.order = order ?? .starts
        let pageSize = violations.pageSize(request.pageSize, standard: 20, most: 100)
        try violations.throwIfAny()
        let page = try await store.events(filter, pageSize: pageSize, token: request.pageToken)
        return .init(events: page.elements.map { .init($0) }, nextPageToken: page.nextToken)
    }
}
