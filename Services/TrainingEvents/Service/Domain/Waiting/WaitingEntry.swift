import Values

enum WaitingStatus: Int, CaseIterable, Hashable, Sendable {
    case waiting = 1
    case offered = 2
    case accepted = 3
    case declined = 4
    case expired = 5
    case withdrawn = 6
    case closed = 7

    var name: String {
        switch self {
        case .waiting: "waiting"
        case .offered: "offered"
        case .accepted: "accepted"
        case .declined: "declined"
        case .expired: "expired"
        case .withdrawn: "withdrawn"
        case .closed: "closed"
        }
    }

    var isOpen: Bool { self == .waiting || self == .offered }
}

/// Classes of priority; the smaller number is served first, then who came first.
enum WaitingPriority: Int, CaseIterable, Comparable, Hashable, Sendable {
    case statutory = 1
    case displaced = 2
    case noFault = 3
    case normal = 4

    static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// Somebody's place in an event's waiting list.
struct WaitingEntry: Hashable, Sendable {
    /// Entries of one event that wait at once.
    static let longestList = 1000

    var id: UUIDv7
    var eventID: UUIDv7
    var candidateID: String
    var applicationID: String
    var priority: WaitingPriority
    var status = WaitingStatus.waiting
    var joinedAt: Instant
    /// The first moment at which the offer is no longer open; nil without an offer.
    var offerExpiresAt: Instant?
    var booksWithoutAsking = false
    /// The event's `releases` when a place was declined last; -1: never.
    var passedAtRelease: Int64 = -1
    var version: Int64

    func isOpenOffer(at now: Instant) -> Bool {
        guard status == .offered, let offerExpiresAt else { return false }
        return now < offerExpiresAt
    }

    /// Served before another: by class, then who came first.
    static func isServedFirst(_ left: Self, _ right: Self) -> Bool {
        (left.priority, left.joinedAt, left.id) < (right.priority, right.joinedAt, right.id)
    }
}
