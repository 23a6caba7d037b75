/// What one process has counted of its calls since it was started.
package struct CallCounts: Hashable, Sendable {
    package struct Method: Hashable, Sendable {
        package var started = 0.0
        /// By the name of the status.
        package var ended: [String: BucketCounts] = [:]

        package var endedCount: Double { ended.values.reduce(0) { $0 + $1.count } }
        /// Calls that have begun and not ended.
        package var open: Double { max(0, started - endedCount) }
    }

    private static let started = "grpc_server_call_started_total"
    private static let buckets = "grpc_server_call_duration_seconds_bucket"

    /// By full name.
    package private(set) var methods: [String: Method] = [:]

    package init() {}

    /// Reads a process's /metrics.
    package init(metrics text: String) {
        for sample in MetricsPage(text, prefix: "grpc_server_call_").samples {
            guard let name = sample.labels["grpc_method"] else { continue }
            switch sample.name {
            case Self.started: methods[name, default: Method()].started = sample.value
            case Self.buckets:
                guard let status = sample.labels["grpc_status"], let bound = sample.labels["le"].flatMap(Self.bound)
                else { continue }
                methods[name, default: Method()].ended[status, default: BucketCounts()].set(bound, sample.value)
            default: continue
            }
        }
    }

    private static func bound(_ text: String) -> Double? { text == "+Inf" ? .infinity : Double(text) }

    /// What came after `earlier`, with what is open now.
    package func since(_ earlier: CallCounts) -> [String: CallFlow] {
        methods.reduce(into: [:]) { flows, entry in
            let (name, now) = entry
            let before = earlier.methods[name] ?? Method()
            // A process that was started again counts from zero.
            let isNew = now.started < before.started
            var flow = CallFlow()
            flow.started = isNew ? now.started : now.started - before.started
            flow.open = now.open
            for (status, counts) in now.ended {
                let ended = isNew ? counts : counts.since(before.ended[status] ?? BucketCounts())
                flow.durations = flow.durations + ended
                if status != "OK", ended.count > 0 { flow.errors[status, default: 0] += ended.count }
            }
            flows[name] = flow
        }
    }
}

/// Calls of a method, or of several, between two looks.
package struct CallFlow: Hashable, Sendable {
    package var started = 0.0
    /// Calls that ended with an error, by the name of the status.
    package var errors: [String: Double] = [:]
    /// Of all calls that ended, whatever their status.
    package var durations = BucketCounts()
    /// Open at the second look.
    package var open = 0.0

    package init() {}

    package var errorCount: Double { errors.values.reduce(0, +) }
    package var isIdle: Bool { started == 0 && durations.count == 0 && open == 0 }

    package static func + (left: CallFlow, right: CallFlow) -> CallFlow {
        var sum = left
        sum.started += right.started
        sum.errors.merge(right.errors) { $0 + $1 }
        sum.durations = left.durations + right.durations
        sum.open += right.open
        return sum
    }
}
