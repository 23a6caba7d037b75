import Synchronization
import Wire

/// A call that an interception sees.
final class InterceptedClientCall: ClientCall {
    private let inner: any ClientCall
    private let interception: any CallInterception
    private let hasEnded = Atomic<Bool>(false)
    /// What the interception threw where nothing can be thrown; the next reader gets it.
    private let refusal = Mutex<RPCError?>(nil)

    init(_ inner: any ClientCall, _ interception: any CallInterception) {
        self.inner = inner
        self.interception = interception
    }

    var trailingMetadata: Metadata { inner.trailingMetadata }
    var hasAnswered: Bool { inner.hasAnswered }
    var replica: UInt64? { inner.replica }

    func readyToSend() async throws(RPCError) { try await inner.readyToSend() }

    func send(_ message: borrowing Packing) {
        interception.send(message) { [inner] message in inner.send(message) }
    }

    func halfClose() { inner.halfClose() }

    func initialMetadata() async throws(RPCError) -> Metadata { try await inner.initialMetadata() }

    func next() async throws(RPCError) -> Payload? {
        if let refusal = refusal.withLock({ $0 }) { throw refusal }
        do throws(RPCError) {
            guard let message = try await inner.next() else {
                end(nil)
                return nil
            }
            return try interception.receive(message)
        } catch {
            end(error)
            // It goes on if it was the interception that threw.
            inner.cancel()
            throw error
        }
    }

    func nextArrived() -> Payload? {
        guard refusal.withLock({ $0 == nil }), let message = inner.nextArrived() else { return nil }
        do throws(RPCError) {
            return try interception.receive(message)
        } catch {
            refusal.withLock { $0 = error }
            end(error)
            inner.cancel()
            return nil
        }
    }

    func cancel() {
        inner.cancel()
        end(RPCError(.cancelled, "The call was cancelled by its own side."))
    }

    /// Only the first end counts: a call that is let go of after its end is cancelled once more.
    private func end(_ error: RPCError?) {
        guard !hasEnded.exchange(true, ordering: .relaxed) else { return }
        interception.ended(error)
    }
}
