import Values

enum BookingStatus: Int, CaseIterable, Hashable, Sendable {
    /// The only one that takes a place.
    case booked = 1
    case cancelled = 2
    case moved = 3
    case released = 4

    var name: String {
        switch self {
        case .booked: "booked"
        case .cancelled: "cancelled"
        case .moved: "moved"
        case .released: "released"
        }
    }
}

/// A participant's place at an event.
struct Booking: Hashable, Sendable {
    /// Why a booking ended that nobody cancelled, as it is kept in `statusReason`.
    static let eventCancelled = "event-cancelled"
    static let participantWithdrawn = "participant-withdrawn"

    var id: UUIDv7
    var eventID: UUIDv7
    var candidateID: String
    var applicationID: String
    var status = BookingStatus.booked
    /// Empty while it stands.
    var statusReason = ""
    /// Entry of the waiting list that it came from.
    var offerID: UUIDv7?
    var bookedAt: Instant
    var endedAt: Instant?
    var version: Int64
}
