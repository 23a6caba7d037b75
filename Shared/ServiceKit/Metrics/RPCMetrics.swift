import RPC

/// The metrics of calls, server side, by the names, units and buckets of gRPC's proposal A66.
///
/// Series of all methods are made at start: counting a call takes no lock but the histograms' own.
final class ServerCallMetrics: Sendable {
    /// What calls of methods are counted under that this server does not have: anybody can make up names.
    static let otherMethod = "other"

    struct Method: Sendable {
        fileprivate let name: String
        fileprivate let started: Counter
        fileprivate let ok: Ended
    }

    fileprivate struct Ended: Sendable {
        let duration: Histogram
        let sent: Histogram
        let received: Histogram
    }

    private let durations: Family<Histogram>
    private let sent: Family<Histogram>
    private let received: Family<Histogram>
    private let methods: [MethodDescriptor: Method]
    private let other: Method

    init(_ registry: MetricsRegistry, methods: [MethodDescriptor]) {
        let started = registry.counter(
            "grpc_server_call_started_total", "Calls that came in.", labels: ["grpc_method"])
        let labels = ["grpc_method", "grpc_status"]
        let durations = registry.histogram(
            "grpc_server_call_duration_seconds", "Time from a call's arrival to its end.", labels: labels,
            bounds: Histogram.latencyBounds)
        let sent = registry.histogram(
            "grpc_server_call_sent_total_compressed_message_size_bytes", "Bytes of all messages sent in a call.",
            labels: labels, bounds: Histogram.sizeBounds)
        let received = registry.histogram(
            "grpc_server_call_rcvd_total_compressed_message_size_bytes", "Bytes of all messages received in a call.",
            labels: labels, bounds: Histogram.sizeBounds)
        func method(_ name: String) -> Method {
            let ok = StatusCode.ok.name
            return Method(
                name: name, started: started.with(name),
                ok: Ended(
                    duration: durations.with(name, ok), sent: sent.with(name, ok), received: received.with(name, ok)))
        }
        self.durations = durations
        self.sent = sent
        self.received = received
        self.methods = Dictionary(uniqueKeysWithValues: methods.map { ($0, method($0.fullName)) })
        other = method(Self.otherMethod)
    }

    /// Counts a call that came in.
    /// - Parameter method: nil if this server does not have it.
    /// - Returns: what its end is counted under.
    func started(_ method: MethodDescriptor?) -> Method {
        let method = method.flatMap { methods[$0] } ?? other
        method.started.add()
        return method
    }

    /// - Parameters:
    ///   - sent: bytes of all messages of the call.
    ///   - received: the same in the other direction.
    func ended(_ method: Method, _ code: StatusCode, after duration: Duration, sent: Int, received: Int) {
        let ended =
            code == .ok
            ? method.ok
            : Ended(
                duration: durations.with(method.name, code.name), sent: self.sent.with(method.name, code.name),
                received: self.received.with(method.name, code.name))
        ended.duration.observe(duration)
        ended.sent.observe(Double(sent))
        ended.received.observe(Double(received))
    }
}
