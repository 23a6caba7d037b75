import Logging
import RPC
import Synchronization
import Wire

/// Counts and logs every call that comes in, with the status that the caller gets; also those that no handler sees.
struct CallObserver: ServerCallInterceptor {
    /// Services that probes and tools call all the time.
    private static let quiet: Set<String> = ["grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection"]
    /// Bytes of a name that nobody here chose.
    private static let longestName = 200

    let logger: Logger
    let metrics: ServerCallMetrics

    func intercept(
        _ head: inout CallHead, _ method: MethodDescriptor?, peer: String
    ) throws(RPCError) -> (any CallInterception)? {
        Observation(self, head, method, peer)
    }

    private final class Observation: CallInterception {
        private let observer: CallObserver
        private let head: CallHead
        private let method: MethodDescriptor?
        private let peer: String
        private let counted: ServerCallMetrics.Method
        private let start = ContinuousClock.now
        private let sizes = MessageSizes()

        init(_ observer: CallObserver, _ head: CallHead, _ method: MethodDescriptor?, _ peer: String) {
            self.observer = observer
            self.head = head
            self.method = method
            self.peer = peer
            counted = observer.metrics.started(method)
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
            let duration = start.duration(to: .now)
            observer.metrics.ended(
                counted, error?.code ?? .ok, after: duration, sent: sizes.sent.load(ordering: .relaxed),
                received: sizes.received.load(ordering: .relaxed))
            observer.log(head, method, peer, error, after: duration)
        }
    }

    private func log(
        _ head: CallHead, _ method: MethodDescriptor?, _ peer: String, _ error: RPCError?, after duration: Duration
    ) {
        let code = error?.code ?? .ok
        // What is not here is asked for by tools that find out what is.
        let level = Self.level(of: code, quiet: method.map { Self.quiet.contains($0.service) } ?? true)
        guard logger.logLevel <= level else { return }
        var fields: Logger.Metadata = [
            "rpc.method": "\(method?.fullName ?? String(head.method.prefix(Self.longestName)))",
            "rpc.status": "\(code.name)",
            "rpc.ms": .stringConvertible((duration / .microseconds(1)).rounded() / 1000),
            "rpc.peer": "\(peer)",
        ]
        if let id = head.metadata.text(CallScope.requestIDKey), !id.isEmpty { fields["request.id"] = "\(id)" }
        if let id = head.traceID { fields[TraceLogs.key] = "\(id)" }
        if let cause = error?.cause { fields["error.cause"] = "\(cause)" }
        logger.log(level: level, error == nil ? "call answered" : "call failed", metadata: fields)
    }

    /// What the service did wrong is an error, what its surroundings did a warning, what the caller did neither.
    static func level(of code: StatusCode, quiet: Bool) -> Logger.Level {
        switch code {
        case .unknown, .internal, .dataLoss: .error
        case .unavailable, .deadlineExceeded, .resourceExhausted: .warning
        case .ok, .cancelled, .invalidArgument, .notFound, .alreadyExists, .permissionDenied, .failedPrecondition,
            .aborted, .outOfRange, .unimplemented, .unauthenticated:
            quiet ? .debug : .info
        }
    }
}
