import Contracts
import RPC
import ServiceKit
import Values

extension BookingsService {
    func getBooking(
        _ request: TrainingEventsV1.GetBookingRequest, context: ServerContext
    ) async throws -> TrainingEventsV1.Booking {
        let id = try UUIDv7(request.id, of: "booking")
        guard let booking = try await store.booking(id) else { throw RPCError.notFound("booking", request.id) }
        return TrainingEventsV1.Booking(booking)
    }
}
