package import RPC
import Synchronization
package import Wire

/// A channel whose calls are timed and counted, each once however many attempts it took.
package struct MeteredChannel: Channel {
    private let inner: any Channel
    private let target: String
    private let metrics: ClientCallMetrics

    /// - Parameter target: Name of the service that the channel leads to.
    package init(_ inner: any Channel, target: String, metrics: ClientCallMetrics) {
        self.inner = inner
        self.target = target
        self.metrics = metrics
    }

    package var decodeLimits: DecodeLimits { inner.decodeLimits }

    package func makeIdempotencyKey() -> String { inner.makeIdempotencyKey() }

    package func begin(_ head: CallHead, only first: borrowing Packing) -> any ClientCall {
        MeteredCall(inner.begin(head, only: first), head.method, target, metrics)
    }

    package func begin(_ head: CallHead) -> any ClientCall {
        MeteredCall(inner.begin(head), head.method, target, metrics)
    }
}

/// A channel whose attempts are counted: it stands below the one that retries, ``MeteredChannel`` above it.
package struct AttemptCountingChannel: Channel {
    private let inner: any Channel
    private let target: String
    private let metrics: ClientCallMetrics

    package init(_ inner: any Channel, target: String, metrics: ClientCallMetrics) {
        self.inner = inner
        self.target = target
        self.metrics = metrics
    }

    package var decodeLimits: DecodeLimits { inner.decodeLimits }

    package func makeIdempotencyKey() -> String { inner.makeIdempotencyKey() }

    package func begin(_ head: CallHead, only first: borrowing Packing) -> any ClientCall {
        metrics.started(head.method, target: target)
        return inner.begin(head, only: first)
    }

    package func begin(_ head: CallHead) -> any ClientCall {
        metrics.started(head.method, target: target)
        return inner.begin(head)
    }
}

private final class MeteredCall: ClientCall {
    private let inner: any ClientCall
    private let method: String
    private let target: String
    private let metrics: ClientCallMetrics
    private let start = ContinuousClock.now
    private let hasEnded = Atomic<Bool>(false)

    init(_ inner: any ClientCall, _ method: String, _ target: String, _ metrics: ClientCallMetrics) {
        self.inner = inner
        self.method = method
        self.target = target
        self.metrics = metrics
    }

    var trailingMetadata: Metadata { inner.trailingMetadata }
    var hasAnswered: Bool { inner.hasAnswered }
    var replica: UInt64? { inner.replica }

    func readyToSend() async throws(RPCError) { try await inner.readyToSend() }

    func send(_ message: borrowing Packing) { inner.send(message) }

    func halfClose() { inner.halfClose() }

    func initialMetadata() async throws(RPCError) -> Metadata { try await inner.initialMetadata() }

    func next() async throws(RPCError) -> Payload? {
        do throws(RPCError) {
            let payload = try await inner.next()
            if payload == nil { end(.ok) }
            return payload
        } catch {
            end(error.code)
            throw error
        }
    }

    func nextArrived() -> Payload? { inner.nextArrived() }

    func cancel() {
        inner.cancel()
        end(.cancelled)
    }

    /// Only the first end counts: a call that is let go of after its end is cancelled once more.
    private func end(_ code: StatusCode) {
        guard !hasEnded.exchange(true, ordering: .relaxed) else { return }
        metrics.ended(method, target: target, code, after: start.duration(to: .now))
    }
}
