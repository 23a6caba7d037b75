/// The provider's decision.
enum ApprovalStatus: Int, CaseIterable, Hashable, Sendable {
    case pending = 1
    case accepted = 2
    case rejected = 3

    var name: String {
        switch self {
        case .pending: "pending"
        case .accepted: "accepted"
        case .rejected: "rejected"
        }
    }

    /// Where a move leads; nil if it cannot be made from here. What else it needs, ``ApplicationRules`` says.
    func after(_ move: ApprovalMove) -> ApprovalStatus? {
        switch (self, move) {
        case (.pending, .accept): .accepted
        case (.pending, .reject), (.pending, .supersede): .rejected
        // Possible since October 2025, as long as nothing was declared.
        case (.accepted, .reject): .rejected
        case (.accepted, .accept), (.accepted, .supersede): nil
        // Final: the person applies again.
        case (.rejected, _): nil
        }
    }
}

enum ApprovalMove: CaseIterable, Hashable, Sendable {
    case accept
    case reject
    /// Another application of the person for the same programme and cohort was accepted.
    case supersede
}
