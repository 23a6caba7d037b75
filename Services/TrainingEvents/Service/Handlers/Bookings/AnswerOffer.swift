import Contracts
import RPC
import ServiceKit
import Values
import Wire

extension BookingsService {
    func answerOffer(
        _ request: TrainingEventsV1.AnswerOfferRequest, context: ServerContext
    ) async throws -> TrainingEventsV1.BookPlaceReply {
        let id = try UUIDv7(request.entryId, of: "waiting entry")
        var violations = FieldViolations()
        violations.require(!request.accept || !request.keepPosition, "keepPosition", "must be left out on acceptance")
        try violations.throwIfAny()
        let mutation = context.mutation(reason: request.reason, at: wallClock.now())
        let reply = try await EventsErrors.translate(id.text) {
            if request.accept {
                try await store.acceptOffer(id, mutation) { TrainingEventsV1.BookPlaceReply(.booked($0)).encoded() }
            } else {
                try await store.declineOffer(id, keepsPosition: request.keepPosition, mutation) {
                    TrainingEventsV1.BookPlaceReply(.waits($0)).encoded()
                }
            }
        }
        return try TrainingEventsV1.BookPlaceReply(decoding: reply)
    }
}
