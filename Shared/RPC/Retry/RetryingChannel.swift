package import Wire

/// A channel that keeps to a service config: time limits, sizes, and attempts at calls that failed.
///
/// A call is made again as long as nothing of an answer has come, and only if that can do nothing twice: no handler saw
/// it, or its method is free of side effects or idempotent, or it carries an idempotency key, which stays the same.
package struct RetryingChannel: Channel {
    let inner: any Channel
    let config: ServiceConfig
    let throttle: RetryThrottle?
    let clock: any Clock<Duration>
    let jitter: @Sendable () -> Double

    /// - Parameters:
    ///   - clock: what waits between attempts are measured with.
    ///   - jitter: a random factor of 0.8 to 1.2 for these waits.
    package init(
        _ inner: any Channel, config: ServiceConfig, clock: any Clock<Duration> = ContinuousClock(),
        jitter: @escaping @Sendable () -> Double = { .random(in: 0.8...1.2) }
    ) {
        self.inner = inner
        self.config = config
        self.clock = clock
        self.jitter = jitter
        throttle = config.retryThrottling.map(RetryThrottle.init)
    }

    package var decodeLimits: DecodeLimits { inner.decodeLimits }

    package func makeIdempotencyKey() -> String { inner.makeIdempotencyKey() }

    package func begin(_ head: CallHead, only first: borrowing Packing) -> any ClientCall {
        let method = config.method(head.method)
        if let limit = method.maximumRequestBytes, first.byteCount > limit {
            return FailedCall(.tooLarge("request", first.byteCount, limit))
        }
        return RetryingCall(Self.configured(head, method), method, self, only: first)
    }

    package func begin(_ head: CallHead) -> any ClientCall {
        let method = config.method(head.method)
        return RetryingCall(Self.configured(head, method), method, self)
    }

    private static func configured(_ head: CallHead, _ method: MethodConfig) -> CallHead {
        var head = head
        if method.waitForReady { head.waitForReady = true }
        if let timeout = method.timeout {
            let deadline = Deadline.after(timeout)
            head.deadline = head.deadline.map { min($0, deadline) } ?? deadline
        }
        return head
    }
}

extension RPCError {
    static func tooLarge(_ what: String, _ count: Int, _ limit: Int) -> RPCError {
        RPCError(
            .resourceExhausted, "The \(what) has \(count) bytes; this client is configured for \(limit).",
            isUnprocessed: what == "request")
    }
}

/// A call that failed before it was made.
final class FailedCall: ClientCall {
    private let error: RPCError

    init(_ error: RPCError) { self.error = error }

    func readyToSend() async throws(RPCError) { throw error }
    func send(_ message: borrowing Packing) {}
    func halfClose() {}
    func next() async throws(RPCError) -> Payload? { throw error }
    func nextArrived() -> Payload? { nil }
    func initialMetadata() async throws(RPCError) -> Metadata { throw error }
    var trailingMetadata: Metadata { Metadata() }
    var hasAnswered: Bool { false }
    var replica: UInt64? { nil }
    func cancel() {}
}
