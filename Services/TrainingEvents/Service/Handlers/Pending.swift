import Contracts
import RPC

extension EventsService {
    func batchGetEvents(_ request: TrainingEventsV1.BatchGetEventsRequest, context: ServerContext) async throws -> TrainingEventsV1.BatchGetEventsReply {
        throw RPCError(.unimplemented, "Not built yet.")
    }
    func countEvents(_ request: TrainingEventsV1.CountEventsRequest, context: ServerContext) async throws -> TrainingEventsV1.CountEventsReply {
        throw RPCError(.unimplemented, "Not built yet.")
    }
}

extension BookingsService {
    func listAttendance(_ request: TrainingEventsV1.ListAttendanceRequest, context: ServerContext) async throws -> TrainingEventsV1.ListAttendanceReply {
        throw RPCError(.unimplemented, "Not built yet.")
    }
    func listParticipants(_ request: TrainingEventsV1.ListParticipantsRequest, context: ServerContext) async throws -> TrainingEventsV1.ListParticipantsReply {
        throw RPCError(.unimplemented, "Not built yet.")
    }
}
