/// Where an import of files stands. The numbers are those that stores keep and contracts carry.
package enum ImportState: Int, CaseIterable, Hashable, Sendable {
    case receiving = 1
    case queued = 2
    case running = 3
    case succeeded = 4
    case failed = 5
    case cancelled = 6

    package var hasEnded: Bool { self == .succeeded || self == .failed || self == .cancelled }

    package var name: String {
        switch self {
        case .receiving: "open for files"
        case .queued: "waiting to run"
        case .running: "running"
        case .succeeded: "done"
        case .failed: "failed"
        case .cancelled: "cancelled"
        }
    }
}
