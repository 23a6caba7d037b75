import Contracts
import InMemoryTracing
import Logging
import RPC
import RPCInProcess
import Synchronization
import TestSupport
import Testing
import Tracing

@testable import ServiceKit

@Suite("Traces of calls")
struct CallTracingTests {
    private static let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    /// Two services, the first of which asks the second; with what each was called with.
    private struct Chain {
        let first: any Channel
        let log = LogCapture()
        let heads: Heads

        init(_ tracing: CallTracing) {
            let heads = Heads()
            self.heads = heads
            var inner = Router()
            inner.unary(HealthMethods.check) { (request: HealthV1.HealthCheckRequest, context) in
                heads.add(context.head)
                if request.service == "fail" { throw RPCError(.notFound, "no such thing") }
                return HealthV1.HealthCheckResponse(status: .serving)
            }
            let second = HealthClient(Self.channel(inner, tracing, log))
            var outer = Router()
            outer.unary(HealthMethods.list) { (_: HealthV1.HealthListRequest, context) in
                heads.add(context.head)
                _ = try await second.check(.init())
                _ = await statusOf { _ = try await second.check(.init(service: "fail")) }
                return HealthV1.HealthListResponse()
            }
            first = Self.channel(outer, tracing, log)
        }

        private static func channel(_ router: Router, _ tracing: CallTracing, _ log: LogCapture) -> any Channel {
            let observer = CallObserver(
                logger: log.logger(), metrics: ServerCallMetrics(MetricsRegistry(), methods: router.methods))
            let server = RPCServer(
                router: router, interceptors: tracing.handlerInterceptors, callInterceptors: [tracing, observer])
            return PeerChannel.make(
                over: InProcessChannel(to: server), to: "p", metrics: ClientCallMetrics(MetricsRegistry()),
                clock: ManualClock(), jitter: { 1 }, tracing: tracing)
        }

        func call(traceparent: String) async throws {
            let scope = CallScope(CallHead(method: "", traceparent: traceparent, tracestate: "a=1"))
            _ = try await CallScope.$current.withValue(scope) { try await HealthClient(first).list(.init()) }
        }
    }

    private final class Heads: Sendable {
        private let kept = Mutex<[CallHead]>([])
        var all: [CallHead] { kept.withLock { $0 } }
        func add(_ head: CallHead) { kept.withLock { $0.append(head) } }
    }

    @Test("without a tracer a trace goes through all services, with a span for each hop and the id in the logs")
    func ids() async throws {
        let chain = Chain(CallTracing(ids: TraceIDs(seed: 1), tracer: nil))
        try await chain.call(traceparent: Self.parent)
        let contexts = chain.heads.all.compactMap { TraceContext($0.traceparent) }
        #expect(contexts.map(\.traceID) == Array(repeating: "0af7651916cd43dd8448eb211c80319c", count: 3))
        #expect(Set(contexts.map(\.spanID) + ["b7ad6b7169203331"]).count == 4)
        #expect(chain.heads.all.map(\.tracestate) == ["a=1", "a=1", "a=1"])
        #expect(chain.log.lines.map { $0.metadata["trace_id"] } == contexts.map(\.traceID))
    }

    @Test("what is no trace is replaced, and a call outside any begins one", arguments: ["", "00-xyz"])
    func begins(traceparent: String) async throws {
        let chain = Chain(CallTracing(ids: TraceIDs(seed: 1), tracer: nil))
        try await chain.call(traceparent: traceparent)
        let contexts = chain.heads.all.compactMap { TraceContext($0.traceparent) }
        #expect(contexts.count == 3 && Set(contexts.map(\.traceID)).count == 1)
        #expect(chain.heads.all.map(\.tracestate) == ["", "", ""])
    }

    @Test("with a tracer each side of each call is a span under the one that led to it")
    func spans() async throws {
        let tracer = InMemoryTracer()
        let chain = Chain(CallTracing(ids: TraceIDs(seed: 1), tracer: tracer))
        try await chain.call(traceparent: "")
        let spans = tracer.finishedSpans
        #expect(tracer.activeSpans.isEmpty)
        #expect(spans.count == 6 && Set(spans.map(\.spanContext.traceID)).count == 1)
        let root = try #require(spans.first { $0.spanContext.parentSpanID == nil })
        #expect(root.operationName == "grpc.health.v1.Health/List" && root.kind == .client)
        func children(_ span: FinishedInMemorySpan) -> [FinishedInMemorySpan] {
            spans.filter { $0.spanContext.parentSpanID == span.spanContext.spanID }
        }
        let served = try #require(children(root).first)
        #expect(served.kind == .server && served.operationName == root.operationName)
        let asked = children(served)
        #expect(asked.map(\.operationName) == Array(repeating: "grpc.health.v1.Health/Check", count: 2))
        #expect(asked.map(\.kind) == [.client, .client])
        #expect(asked.flatMap(children).map(\.kind) == [.server, .server])
        for (span, code) in zip(asked, [0, 5]) {
            #expect(span.attributes.get("rpc.system") == "grpc")
            #expect(span.attributes.get("rpc.service") == "grpc.health.v1.Health")
            #expect(span.attributes.get("rpc.method") == "Check")
            #expect(span.attributes.get("rpc.grpc.status_code") == code.toSpanAttribute())
        }
        #expect(asked.last?.status?.code == .error)
        // This tracer does not speak W3C's language; ids go on all the same.
        #expect(Set(chain.heads.all.map(\.traceID)).count == 1)
    }

    @Test("every line that a handler logs has its trace")
    func provider() async throws {
        let scope = CallScope(CallHead(method: "", traceparent: Self.parent))
        let metadata = CallScope.$current.withValue(scope) { TraceLogs.provider.get() }
        #expect(metadata == ["trace_id": "0af7651916cd43dd8448eb211c80319c"])
        #expect(TraceLogs.provider.get().isEmpty)
    }
}
