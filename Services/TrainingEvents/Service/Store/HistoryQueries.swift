import ServiceKit
import Storage
import Values

/// Who changed what, when and why.
extension TrainingEventsStore {
    /// Newest first; nil if there is no such event.
    func eventHistory(_ id: UUIDv7, pageSize: Int, token: String) async throws -> Page<HistoryRecord>? {
        try await store.history(of: id, entity: "event", pageSize: pageSize, token: token)
    }

    /// Newest first; nil if there is no such booking.
    func bookingHistory(_ id: UUIDv7, pageSize: Int, token: String) async throws -> Page<HistoryRecord>? {
        try await store.history(of: id, entity: "booking", pageSize: pageSize, token: token)
    }
}
