import Contracts
import RPC
import ServiceKit

extension BookingsService {
    func listAttendance(
        _ request: TrainingEventsV1.ListAttendanceRequest, context: ServerContext
    ) async throws -> TrainingEventsV1.ListAttendanceReply {
        var violations = FieldViolations()
        let events = violations.filter(request.eventId, "eventId")
        let candidates = violations.filter(request.candidateId, "candidateId")
        let pageSize = violations.pageSize(request.pageSize, standard: 50, most: 100)
        try violations.throwIfAny()
        let page = try await store.attendance(
            events: events, candidates: candidates, pageSize: pageSize, token: request.pageToken)
        return .init(lines: page.elements.map { .init($0) }, nextPageToken: page.nextToken)
    }
}
