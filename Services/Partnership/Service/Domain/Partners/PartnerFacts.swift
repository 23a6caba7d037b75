import Values

/// What is held of a school that a partner names.
struct SchoolFacts: Hashable, Sendable {
    var name: String
    var status: SchoolStatus
    var isInEngland: Bool
    /// Schools that came after it.
    var successors: [URN]

    var isSelectable: Bool { isInEngland && status != .closed }
}

/// What is held of a group that a partner names.
struct GroupFacts: Hashable, Sendable {
    var name: String
    var typeCode: String
    var isOpen: Bool
}

/// What has to be looked up before a partner can be judged.
struct PartnerFacts: Hashable, Sendable {
    /// Whether another partner that has not ended has the name, whatever its case and spaces.
    var nameIsInUse = false
    /// Nil if the register holds no such group, or none was named.
    var group: GroupFacts?
    /// Nil if the register holds no such school, or none was named.
    var leadSchool: SchoolFacts?
}
