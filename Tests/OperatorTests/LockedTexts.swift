import Synchronization

final class LockedTexts: Sendable {
    private let state = Mutex((output: "", error: ""))
    var texts: (output: String, error: String) { state.withLock { $0 } }
    func addOutput(_ text: String) { state.withLock { $0.output += text } }
    func addError(_ text: String) { state.withLock { $0.error += text } }
}
