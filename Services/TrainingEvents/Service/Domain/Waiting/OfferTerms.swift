import Values

/// How long offers stay open. Both are elapsed time, not time by the clock on the wall: an offer lasts as long
/// in the night when the clocks go back as in any other.
struct OfferTerms: Hashable, Sendable {
    /// An offer's time to answer.
    var life = Duration.seconds(48 * 3600)
    /// Before the start of an event nothing is offered any more: whoever is asked could hardly come.
    var notice = Duration.seconds(72 * 3600)

    /// The first moment at which an offer made now is no longer open; nil if none may be made any more.
    func deadline(offeredAt now: Instant, startsAt: Instant) -> Instant? {
        let deadline = min(now + life, startsAt - notice)
        return deadline > now ? deadline : nil
    }
}
