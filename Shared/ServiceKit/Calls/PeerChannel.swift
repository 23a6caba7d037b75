package import RPC

/// The channel by which a process calls another service.
package enum PeerChannel {
    /// What it does unless configured: every call that can do nothing twice is made again while the service is away, for as
    /// long as a restart takes, as long as its deadline allows, and not while most calls fail. What can do something twice
    /// is left out by the channel itself, whatever is configured.
    package static let config: ServiceConfig = {
        var config = ServiceConfig()
        var method = MethodConfig()
        method.retryPolicy = RetryPolicy(
            maximumAttempts: 5, initialBackoff: .milliseconds(50), maximumBackoff: .seconds(1), multiplier: 2.5,
            retryableCodes: [.unavailable])
        config.set(method, for: .everything)
        config.retryThrottling = RetryThrottling(maximumTokens: 100, thousandthsPerSuccess: 100)
        return config
    }()

    /// - Parameters:
    ///   - connection: leads to the service, one attempt a call.
    ///   - target: name of the service, for metrics.
    ///   - tracing: puts each call into a trace; its attempts are one span.
    package static func make(
        over connection: any Channel, to target: String, metrics: ClientCallMetrics, clock: any Clock<Duration>,
        jitter: @escaping @Sendable () -> Double, tracing: CallTracing = CallTracing()
    ) -> any Channel {
        let attempts = connection.intercepted(by: [AttemptMeter(target: target, metrics: metrics)])
        let retrying = RetryingChannel(attempts, config: config, clock: clock, jitter: jitter)
        return retrying.intercepted(by: [tracing, CallMeter(target: target, metrics: metrics)])
    }
}
