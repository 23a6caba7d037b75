import RPC

/// The metrics of calls, client side, by the names and buckets of gRPC's proposal A66.
package final class ClientCallMetrics: Sendable {
    private let started: Family<Counter>
    private let durations: Family<Histogram>

    package init(_ registry: MetricsRegistry) {
        started = registry.counter(
            "grpc_client_attempt_started_total", "Calls sent, attempts counted one by one.",
            labels: ["grpc_method", "grpc_target"])
        durations = registry.histogram(
            "grpc_client_call_duration_seconds", "Time from making a call to its end.",
            labels: ["grpc_method", "grpc_target", "grpc_status"], bounds: Histogram.latencyBounds)
    }

    func started(_ method: String, target: String) {
        started.with(method, target).add()
    }

    func ended(_ method: String, target: String, _ code: StatusCode, after duration: Duration) {
        durations.with(method, target, code.name).observe(duration)
    }
}
