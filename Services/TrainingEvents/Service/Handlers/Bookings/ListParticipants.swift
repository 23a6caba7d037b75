import Contracts
import RPC
import ServiceKit

extension BookingsService {
    func listParticipants(
        _ request: TrainingEventsV1.ListParticipantsRequest, context: ServerContext
    ) async throws -> TrainingEventsV1.ListParticipantsReply {
        var violations = FieldViolations()
        var filter = ParticipantFilter(
            applications: violations.filter(request.applicationId, "applicationId"),
            candidates: violations.filter(request.candidateId, "candidateId"),
            programmes: violations.filter(request.programme, "programme"),
            cohorts: violations.filter(request.cohortId, "cohortId"))
        filter.states = violations.values(request.state, "state") { ParticipantState(rawValue: Int($0.rawValue)) }
        let pageSize = violations.pageSize(request.pageSize, standard: 50, most: 100)
        try violations.throwIfAny()
        let page = try await store.participants(filter, pageSize: pageSize, token: request.pageToken)
        return .init(participants: page.elements.map { .init($0) }, nextPageToken: page.nextToken)
    }
}
