import RPC
import Wire

/// The metrics of calls, server side, by the names and buckets of gRPC's proposal A66.
///
/// Series of all methods are made at start: counting a call takes no lock but the histogram's own.
final class ServerCallMetrics: Sendable {
    private struct Method: Sendable {
        let started: Counter
        let receivedBytes: Counter
        /// By the number of the status.
        let durations: Family<Histogram>
        let name: String
        let ok: Histogram
    }

    private let methods: [MethodDescriptor: Method]

    init(_ registry: MetricsRegistry, methods: [MethodDescriptor]) {
        let started = registry.counter(
            "grpc_server_call_started_total", "Calls that a handler was started for.", labels: ["grpc_method"])
        let received = registry.counter(
            "grpc_server_call_rcvd_message_bytes_total", "Bytes of the requests of calls that have one.",
            labels: ["grpc_method"])
        let durations = registry.histogram(
            "grpc_server_call_duration_seconds", "Time from a call's arrival to its end.",
            labels: ["grpc_method", "grpc_status"], bounds: Histogram.latencyBounds)
        self.methods = Dictionary(
            uniqueKeysWithValues: methods.map { method in
                let name = method.fullName
                return (
                    method,
                    Method(
                        started: started.with(name), receivedBytes: received.with(name), durations: durations,
                        name: name,
                        ok: durations.with(name, StatusCode.ok.name))
                )
            })
    }

    func started(_ method: MethodDescriptor, requestBytes: Int) {
        guard let method = methods[method] else { return }
        method.started.add()
        method.receivedBytes.add(UInt64(requestBytes))
    }

    func ended(_ method: MethodDescriptor, _ code: StatusCode, after duration: Duration) {
        guard let method = methods[method] else { return }
        let series = code == .ok ? method.ok : method.durations.with(method.name, code.name)
        series.observe(duration)
    }
}
