/// The places of one event by the one formula: only bookings, open offers, and what is kept for partners or
/// by staff take places. Waiting, declined, expired, cancelled and moved ones take none.
struct Places: Hashable, Sendable {
    var capacity: Int
    var booked: Int
    /// Held for offers that are still open.
    var offered: Int
    /// Kept for partners.
    var reserved: Int
    /// Kept back by staff.
    var blocked: Int

    var taken: Int { booked + offered + reserved + blocked }
    var free: Int { max(0, capacity - taken) }
    /// Never true of a stored event; the tables hold it too.
    var isOversold: Bool { taken > capacity }
}
