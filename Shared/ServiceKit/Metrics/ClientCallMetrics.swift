import Contracts
import RPC
import Synchronization

/// The metrics of calls, client side, by the names, units and buckets of gRPC's proposal A66.
package final class ClientCallMetrics: Sendable {
    /// What one method's calls to one target are counted in.
    struct Method: Sendable {
        fileprivate let name: String
        fileprivate let target: String
        fileprivate let started: Counter
        fileprivate let okCall: Histogram
        fileprivate let okAttempt: Attempt
    }

    fileprivate struct Attempt: Sendable {
        let duration: Histogram
        let sent: Histogram
        let received: Histogram
    }

    private struct Key: Hashable {
        let method: String
        let target: String
    }

    private let started: Family<Counter>
    private let callDurations: Family<Histogram>
    private let attemptDurations: Family<Histogram>
    private let sent: Family<Histogram>
    private let received: Family<Histogram>
    private let isKnown: @Sendable (String) -> Bool
    /// Bounded: only known methods and "other" get in, and targets are the process's own.
    private let methods = Mutex<[Key: Method]>([:])

    /// Methods that are in no contract are counted as "other".
    package convenience init(_ registry: MetricsRegistry) {
        self.init(registry) { ContractCatalogue.method($0) != nil }
    }

    /// - Parameter isKnown: whether a method's full name may be a label; all others are counted as "other".
    init(_ registry: MetricsRegistry, isKnown: @escaping @Sendable (String) -> Bool) {
        self.isKnown = isKnown
        let labels = ["grpc_method", "grpc_target"]
        let ended = labels + ["grpc_status"]
        started = registry.counter(
            "grpc_client_attempt_started_total", "Calls sent, attempts counted one by one.", labels: labels)
        callDurations = registry.histogram(
            "grpc_client_call_duration_seconds", "Time from making a call to its end.", labels: ended,
            bounds: Histogram.latencyBounds)
        attemptDurations = registry.histogram(
            "grpc_client_attempt_duration_seconds", "Time from sending a call to the end of this attempt.",
            labels: ended, bounds: Histogram.latencyBounds)
        sent = registry.histogram(
            "grpc_client_attempt_sent_total_compressed_message_size_bytes",
            "Bytes of all messages sent in an attempt.", labels: ended, bounds: Histogram.sizeBounds)
        received = registry.histogram(
            "grpc_client_attempt_rcvd_total_compressed_message_size_bytes",
            "Bytes of all messages received in an attempt.", labels: ended, bounds: Histogram.sizeBounds)
    }

    func method(_ name: String, target: String) -> Method {
        let known = isKnown(name) ? name : ServerCallMetrics.otherMethod
        return methods.withLock { methods in
            let key = Key(method: known, target: target)
            if let method = methods[key] { return method }
            let ok = StatusCode.ok.name
            let method = Method(
                name: known, target: target, started: started.with(known, target),
                okCall: callDurations.with(known, target, ok), okAttempt: attempt(known, target, ok))
            methods[key] = method
            return method
        }
    }

    func callEnded(_ method: Method, _ code: StatusCode, after duration: Duration) {
        let series =
            code == .ok ? method.okCall : callDurations.with(method.name, method.target, code.name)
        series.observe(duration)
    }

    func attemptStarted(_ method: Method) { method.started.add() }

    func attemptEnded(_ method: Method, _ code: StatusCode, after duration: Duration, sent: Int, received: Int) {
        let series = code == .ok ? method.okAttempt : attempt(method.name, method.target, code.name)
        series.duration.observe(duration)
        series.sent.observe(Double(sent))
        series.received.observe(Double(received))
    }

    private func attempt(_ name: String, _ target: String, _ status: String) -> Attempt {
        Attempt(
            duration: attemptDurations.with(name, target, status), sent: sent.with(name, target, status),
            received: received.with(name, target, status))
    }
}
