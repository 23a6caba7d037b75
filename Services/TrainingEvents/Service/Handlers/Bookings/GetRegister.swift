import Contracts
import RPC
import ServiceKit
import Values

extension BookingsService {
    func getRegister(
        _ request: TrainingEventsV1.GetRegisterRequest, context: ServerContext
    ) async throws -> TrainingEventsV1.GetRegisterReply {
        let id = try UUIDv7(request.eventId, of: "event")
        guard let register = try await store.register(of: id, allLines: request.allLines) else {
            throw RPCError.notFound("event", request.eventId)
        }
        return .init(lines: register.lines.map { .init($0) }, candidateIds: register.candidateIDs)
    }
}
