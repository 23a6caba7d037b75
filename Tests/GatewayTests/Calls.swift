import Synchronization

/// What was called, in order.
final class Calls: Sendable {
    private let kept = Mutex<[String]>([])

    var all: [String] { kept.withLock { $0 } }

    func add(_ call: String) { kept.withLock { $0.append(call) } }
}
