import RPC
import Synchronization
import Wire

/// Times calls, each once however many attempts it took: it stands above what retries.
struct CallMeter: ClientInterceptor {
    /// Name of the service that the channel leads to.
    let target: String
    let metrics: ClientCallMetrics

    func intercept(_ head: inout CallHead) throws(RPCError) -> (any CallInterception)? {
        Timing(metrics, metrics.method(head.method, target: target))
    }

    private final class Timing: CallInterception {
        private let metrics: ClientCallMetrics
        private let method: ClientCallMetrics.Method
        private let start = ContinuousClock.now

        init(_ metrics: ClientCallMetrics, _ method: ClientCallMetrics.Method) {
            self.metrics = metrics
            self.method = method
        }

        func ended(_ error: RPCError?) {
            metrics.callEnded(method, error?.code ?? .ok, after: start.duration(to: .now))
        }
    }
}

/// Counts, times and weighs attempts one by one: it stands below what retries.
struct AttemptMeter: ClientInterceptor {
    let target: String
    let metrics: ClientCallMetrics

    func intercept(_ head: inout CallHead) throws(RPCError) -> (any CallInterception)? {
        let method = metrics.method(head.method, target: target)
        metrics.attemptStarted(method)
        return Attempt(metrics, method)
    }

    private final class Attempt: CallInterception {
        private let metrics: ClientCallMetrics
        private let method: ClientCallMetrics.Method
        private let start = ContinuousClock.now
        private let sizes = MessageSizes()

        init(_ metrics: ClientCallMetrics, _ method: ClientCallMetrics.Method) {
            self.metrics = metrics
            self.method = method
        }

        func send(_ message: borrowing Packing, _ next: (borrowing Packing) -> Void) {
            sizes.sent.wrappingAdd(message.byteCount, ordering: .relaxed)
            next(message)
        }

        func receive(_ message: Payload) throws(RPCError) -> Payload {
            sizes.received.wrappingAdd(message.count, ordering: .relaxed)
            return message
        }

        func ended(_ error: RPCError?) {
            metrics.attemptEnded(
                method, error?.code ?? .ok, after: start.duration(to: .now),
                sent: sizes.sent.load(ordering: .relaxed), received: sizes.received.load(ordering: .relaxed))
        }
    }
}

/// Bytes of all messages of one call.
struct MessageSizes: ~Copyable, Sendable {
    let sent = Atomic<Int>(0)
    let received = Atomic<Int>(0)
}
