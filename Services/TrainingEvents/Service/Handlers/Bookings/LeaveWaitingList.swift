import Contracts
import RPC
import ServiceKit
import Values
import Wire

extension BookingsService {
    func leaveWaitingList(
        _ request: TrainingEventsV1.LeaveWaitingListRequest, context: ServerContext
    ) async throws -> TrainingEventsV1.WaitingEntry {
        let id = try UUIDv7(request.entryId, of: "waiting entry")
        let mutation = context.mutation(reason: request.reason, at: wallClock.now())
        let reply = try await EventsErrors.translate(id.text) {
            try await store.leaveWaitingList(id, mutation) { TrainingEventsV1.WaitingEntry($0).encoded() }
        }
        return try TrainingEventsV1.WaitingEntry(decoding: reply)
    }
}
