import Contracts
import RPC
import ServiceKit
import Values

extension BookingsService {
    func getBooking(
        _ request: TrainingEventsV1.GetBookingRequest, context: ServerContext
    ) async throws -> TrainingEventsV1.Booking {
        let id = try EventsErrors.identifier(request.id, "booking")
        guard let booking = try await store.booking(id) else { throw RPCError.notFound("booking", request.id) }
        return TrainingEventsV1.Booking(booking)
    }
}
