import Values

/// How somebody who waits may answer or leave.
enum WaitingRules {
    /// The class on the waiting list; any but the usual one needs a reason.
    static func checkPriority(_ priority: WaitingPriority, reason: String) throws(EventsRefusal) {
        if priority != .normal, reason.allSatisfy(\.isWhitespace) {
            throw .invalid([FieldFault(field: "reason", message: "must say why somebody is served before others")])
        }
    }

    /// An offer is open until, and not at, its deadline.
    static func checkAnswer(_ entry: WaitingEntry, at now: Instant) throws(EventsRefusal) {
        guard !entry.isOpenOffer(at: now) else { return }
        if entry.status == .offered || entry.status == .expired, let deadline = entry.offerExpiresAt {
            throw .precondition(.offerNotOpen, "The offer was open until \(deadline).")
        }
        throw .precondition(.offerNotOpen, "The entry is \(entry.status.name), not offered a place.")
    }

    static func checkLeave(_ entry: WaitingEntry) throws(EventsRefusal) {
        guard entry.status.isOpen else {
            throw .precondition(.entryEnded, "The entry is \(entry.status.name) already.")
        }
    }
}
