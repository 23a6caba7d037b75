import Logging
import RPC
import Wire

/// Counts and logs every call that reaches a handler.
///
/// The outermost interceptor: it sees the status that the caller gets.
struct CallObserver: ServerInterceptor {
    /// Services that probes and tools call all the time.
    private static let quiet: Set<String> = ["grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection"]

    let logger: Logger
    let metrics: ServerCallMetrics

    func intercept(
        _ context: ServerContext, _ next: @Sendable (ServerContext) async throws -> (any Message)?
    ) async throws -> (any Message)? {
        let start = ContinuousClock.now
        metrics.started(context.method, requestBytes: context.requestPayload?.count ?? 0)
        do {
            let reply = try await next(context)
            ended(context, nil, since: start)
            return reply
        } catch {
            ended(
                context, RPCError(thrownByHandler: error, isPastDeadline: context.deadline?.hasPassed ?? false),
                since: start)
            throw error
        }
    }

    private func ended(_ context: ServerContext, _ error: RPCError?, since start: ContinuousClock.Instant) {
        let duration = start.duration(to: .now)
        let code = error?.code ?? .ok
        metrics.ended(context.method, code, after: duration)
        let level = Self.level(of: code, quiet: Self.quiet.contains(context.method.service))
        guard logger.logLevel <= level else { return }
        var fields: Logger.Metadata = [
            "rpc.method": "\(context.method.fullName)",
            "rpc.status": "\(code.name)",
            "rpc.ms": .stringConvertible((duration / .microseconds(1)).rounded() / 1000),
            "rpc.peer": "\(context.peer)",
        ]
        if !context.requestID.isEmpty { fields["request.id"] = "\(context.requestID)" }
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
