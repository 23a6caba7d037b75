import Contracts
import RPC
import ServiceKit
import Values

extension BookingsService {
    func listBookingHistory(
        _ request: TrainingEventsV1.ListBookingHistoryRequest, context: ServerContext
    ) async throws -> TrainingEventsV1.ListBookingHistoryReply {
        let id = try UUIDv7(request.id, of: "booking")
        var violations = FieldViolations()
        let pageSize = violations.pageSize(request.pageSize, standard: 50, most: 100)
        try violations.throwIfAny()
        guard let page = try await store.bookingHistory(id, pageSize: pageSize, token: request.pageToken) else {
            throw RPCError.notFound("booking", request.id)
        }
        return .init(entries: page.elements.map { .init($0) }, nextPageToken: page.nextToken)
    }
}
