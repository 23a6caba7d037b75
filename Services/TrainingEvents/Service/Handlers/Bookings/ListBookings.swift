import Contracts
import RPC
import ServiceKit

extension BookingsService {
    func listBookings(
        _ request: TrainingEventsV1.ListBookingsRequest, context: ServerContext
    ) async throws -> TrainingEventsV1.ListBookingsReply {
        var violations = FieldViolations()
        var filter = BookingFilter(
            events: violations.filter(request.eventId, "eventId"),
            candidates: violations.filter(request.candidateId, "candidateId"),
            applications: violations.filter(request.applicationId, "applicationId"))
        filter.statuses = violations.values(request.status, "status") { BookingStatus(rawValue: Int($0.rawValue)) }
        let pageSize = violations.pageSize(request.pageSize, standard: 50, most: 100)
        try violations.throwIfAny()
        let page = try await store.bookings(filter, pageSize: pageSize, token: request.pageToken)
        return .init(bookings: page.elements.map { .init($0) }, nextPageToken: page.nextToken)
    }
}
