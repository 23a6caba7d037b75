package import RPC
package import Tracing
import Wire

/// Makes every call, on both sides, a span of a trace in W3C's sense.
///
/// With a tracer the spans are its own, and it says what travels. Without one nothing is recorded, but the ids are made
/// and passed on all the same: what lies behind this process can tell what belongs together, and so can the logs.
package struct CallTracing: ClientInterceptor, ServerCallInterceptor {
    private let ids: TraceIDs
    private let tracer: (any Tracer)?

    /// - Parameter tracer: nil if there is none. By default the one that the process was started with, which is
    ///   looked for here, once.
    package init(ids: TraceIDs = .ofProcess, tracer: (any Tracer)? = Self.bootstrapped) {
        self.ids = ids
        self.tracer = tracer
    }

    package static var bootstrapped: (any Tracer)? {
        let tracer = InstrumentationSystem.tracer
        return tracer is NoOpTracer ? nil : tracer
    }

    /// What goes round handlers, so that the spans that they begin themselves are under the call's; nothing without a
    /// tracer.
    var handlerInterceptors: [any ServerInterceptor] { tracer.map { [SpanScope(tracer: $0)] } ?? [] }

    package func intercept(_ head: inout CallHead) throws(RPCError) -> (any CallInterception)? {
        guard let tracer else {
            head.enterTrace(ids)
            return nil
        }
        return begin(tracer, &head, .client, ServiceContext.current ?? Self.context(of: head, tracer))
    }

    package func intercept(
        _ head: inout CallHead, _ method: MethodDescriptor?, peer: String
    ) throws(RPCError) -> (any CallInterception)? {
        guard let tracer else {
            head.enterTrace(ids)
            return nil
        }
        return begin(tracer, &head, .server, Self.context(of: head, tracer))
    }

    private func begin(
        _ tracer: any Tracer, _ head: inout CallHead, _ kind: SpanKind, _ parent: ServiceContext
    ) -> any CallInterception {
        let span = tracer.startSpan(head.method, context: parent, ofKind: kind)
        let parts = head.method.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        span.attributes["rpc.system"] = "grpc"
        span.attributes["rpc.service"] = String(parts.first ?? "")
        span.attributes["rpc.method"] = String(parts.last ?? "")
        let before = head.traceparent
        tracer.inject(span.context, into: &head, using: HeadCarrier())
        // A tracer that speaks another language than W3C's.
        if head.traceparent == before { head.enterTrace(ids) }
        return SpanEnd(span)
    }

    static func context(of head: CallHead, _ tracer: any Tracer) -> ServiceContext {
        var context = ServiceContext.topLevel
        tracer.extract(head, into: &context, using: HeadCarrier())
        return context
    }
}

/// Ends a call's span.
private final class SpanEnd: CallInterception {
    private let span: any Span

    init(_ span: any Span) { self.span = span }

    func ended(_ error: RPCError?) {
        span.attributes["rpc.grpc.status_code"] = Int(error?.code.rawValue ?? 0)
        if let error { span.setStatus(SpanStatus(code: .error, message: error.code.name)) }
        span.end()
    }
}

/// Lets a handler run in the context of its call's span.
private struct SpanScope: ServerInterceptor {
    let tracer: any Tracer

    func intercept(
        _ context: ServerContext, _ next: @Sendable (ServerContext) async throws -> (any Message)?
    ) async throws -> (any Message)? {
        try await ServiceContext.withValue(CallTracing.context(of: context.head, tracer)) { try await next(context) }
    }
}

/// A call's head as what a tracer writes to and reads from.
private struct HeadCarrier: Injector, Extractor {
    func inject(_ value: String, forKey key: String, into head: inout CallHead) {
        switch key.lowercased() {
        case "traceparent": head.traceparent = value
        case "tracestate": head.tracestate = value
        case let key:
            head.metadata.remove(key)
            // What cannot travel is left out: a trace is not worth a call.
            try? head.metadata.append(key, Array(value.utf8))
        }
    }

    func extract(key: String, from head: CallHead) -> String? {
        switch key.lowercased() {
        case "traceparent": head.traceparent.isEmpty ? nil : head.traceparent
        case "tracestate": head.tracestate.isEmpty ? nil : head.tracestate
        case let key: head.metadata.text(key)
        }
    }
}
