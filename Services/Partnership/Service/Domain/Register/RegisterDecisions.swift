import Values

/// What an establishment's row does to what is held.
enum SchoolDecision: Hashable, Sendable {
    case insert
    case update(Change)
    /// Equal to what is held.
    case unchanged
    /// The row is older than what is held.
    case stale

    /// What followers are told.
    enum Change: String, Hashable, Sendable {
        case changed
        case closed
        case reopened
    }

    /// Contents are compared, not dates alone: a second change on one day has the same date, and some
    /// rows have none.
    static func decide(held: School?, incoming: School) -> SchoolDecision {
        guard let held else { return .insert }
        if held == incoming { return .unchanged }
        if let heldDate = held.lastChangedOn, let date = incoming.lastChangedOn, date < heldDate { return .stale }
        if incoming.status == .closed, held.status != .closed { return .update(.closed) }
        if held.status == .closed, incoming.status != .closed { return .update(.reopened) }
        return .update(.changed)
    }
}

/// A membership as it is held.
struct HeldMembership: Hashable, Sendable {
    var groupUID: Int
    var isExclusive: Bool
    var joinedOn: CalendarDate?
    var isEnded: Bool
}

/// What a membership's row does to what is held of the same establishment.
///
/// A file never deletes: it may be short. But an establishment is in one trust at a time, so the
/// newest trust ends the one before it; and a row that tells of an older one is not news.
enum MembershipDecision: Hashable, Sendable {
    /// With the groups whose membership ends on the day that this one begins.
    case insert(ending: [Int])
    case update(ending: [Int])
    case unchanged
    /// The establishment has left that group since.
    case stale

    static func decide(_ incoming: GroupMembership, isExclusive: Bool, held: [HeldMembership]) -> MembershipDecision {
        let same = held.first { $0.groupUID == incoming.groupUID }
        if let same, !same.isEnded, same.joinedOn == incoming.joinedOn { return .unchanged }
        if let same, same.isEnded {
            guard let joined = incoming.joinedOn, joined > (same.joinedOn ?? .first) else { return .stale }
        }
        var ending: [Int] = []
        if isExclusive {
            for other in held where other.isExclusive && !other.isEnded && other.groupUID != incoming.groupUID {
                guard let joined = incoming.joinedOn, joined >= (other.joinedOn ?? .first) else { return .stale }
                ending.append(other.groupUID)
            }
        }
        return same == nil ? .insert(ending: ending) : .update(ending: ending)
    }

    /// The trust that an establishment has left, as its own row tells: it named one and no longer does.
    static func trustLeft(held: School, incoming: School) -> Int? {
        held.trustUID == incoming.trustUID ? nil : held.trustUID
    }
}
