import Contracts
import RPC
import ServiceKit
import Values

extension BookingsService {
    func listPromotionDecisions(
        _ request: TrainingEventsV1.ListPromotionDecisionsRequest, context: ServerContext
    ) async throws -> TrainingEventsV1.ListPromotionDecisionsReply {
        let id = try UUIDv7(request.eventId, of: "event")
        var violations = FieldViolations()
        let pageSize = violations.pageSize(request.pageSize, standard: 50, most: 100)
        try violations.throwIfAny()
        guard let page = try await store.promotionDecisions(of: id, pageSize: pageSize, token: request.pageToken) else {
            throw RPCError.notFound("event", request.eventId)
        }
        let decisions = page.elements.map { decision in
            TrainingEventsV1.PromotionDecision(
                at: .init(decision.at), entryId: decision.entryID.text, outcome: decision.outcome,
                reason: decision.reason)
        }
        return .init(decisions: decisions, nextPageToken: page.nextToken)
    }
}
