/// Where the training of an accepted application stands. An application that is not accepted has none.
enum TrainingStatus: Int, CaseIterable, Hashable, Sendable {
    case active = 1
    case deferred = 2
    case withdrawn = 3

    var name: String {
        switch self {
        case .active: "active"
        case .deferred: "deferred"
        case .withdrawn: "withdrawn"
        }
    }

    /// Where a move leads; nil if it cannot be made from here. What else it needs, ``ApplicationRules`` says.
    func after(_ move: TrainingMove) -> TrainingStatus? {
        switch (self, move) {
        case (.active, .defer): .deferred
        case (.active, .withdraw), (.deferred, .withdraw): .withdrawn
        case (.deferred, .resume), (.withdrawn, .resume): .active
        case (.active, .declare), (.deferred, .declare): self
        case (.active, .resume), (.deferred, .defer): nil
        case (.withdrawn, .defer), (.withdrawn, .withdraw), (.withdrawn, .declare): nil
        }
    }
}

enum TrainingMove: CaseIterable, Hashable, Sendable {
    case `defer`
    case resume
    case withdraw
    /// Deferral does not keep from declaring; withdrawal does.
    case declare
}
