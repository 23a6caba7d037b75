import Synchronization
import Wire

/// A call that an interception sees on its way to the handler and back.
final class InterceptedServerCall: ServerCall {
    private let inner: any ServerCall
    private let interception: any CallInterception
    private let hasEnded = Atomic<Bool>(false)

    init(_ inner: any ServerCall, _ interception: any CallInterception) {
        self.inner = inner
        self.interception = interception
    }

    var scope: CallScope { inner.scope }
    var peer: String { inner.peer }

    func next() async throws(RPCError) -> Payload? {
        guard let message = try await inner.next() else { return nil }
        return try interception.receive(message)
    }

    func onlyMessage() throws(RPCError) -> Payload? {
        guard let message = try inner.onlyMessage() else { return nil }
        return try interception.receive(message)
    }

    func sendInitialMetadata(_ metadata: Metadata) { inner.sendInitialMetadata(metadata) }

    func readyToSend() async throws(RPCError) { try await inner.readyToSend() }

    func send(_ message: borrowing Packing) {
        interception.send(message) { [inner] message in inner.send(message) }
    }

    func finish(trailing: Metadata) {
        end(nil)
        inner.finish(trailing: trailing)
    }

    func finish(trailing: Metadata, with message: borrowing Packing) {
        var isDone = false
        interception.send(message) { message in
            guard !isDone else { return }
            isDone = true
            end(nil)
            inner.finish(trailing: trailing, with: message)
        }
        // Withheld: the caller is told that an answer is missing, by the end without one.
        if !isDone { finish(trailing: trailing) }
    }

    func finish(_ error: RPCError) {
        end(error)
        inner.finish(error)
    }

    private func end(_ error: RPCError?) {
        guard !hasEnded.exchange(true, ordering: .relaxed) else { return }
        interception.ended(error)
    }
}
