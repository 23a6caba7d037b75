import Logging
import RPC

/// The trace in log lines.
package enum TraceLogs {
    /// 32 digits, the same in all processes that a request goes through.
    package static let key = "trace_id"

    /// Adds the trace of the call that the current task answers.
    static let provider = Logger.MetadataProvider {
        guard let id = CallScope.current?.traceID else { return [:] }
        return [key: "\(id)"]
    }
}
