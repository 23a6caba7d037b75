import RPC
import RPCZeroMQ
import TestSupport

/// gRPC's TestService behind a channel, for the time of `body`.
func withTestService<Result>(
    over transport: Transport, _ service: InteropService = InteropService(),
    interceptors: [any ServerInterceptor] = [], limits: ConnectionLimits = ConnectionLimits(),
    _ body: (TestServiceClient, any Channel) async throws -> Result
) async throws -> Result {
    try await withServer(over: transport, service.router, interceptors: interceptors, limits: limits) {
        server async throws in
        try await server.withChannel { channel async throws in try await body(TestServiceClient(channel), channel) }
    }
}

extension InteropService {
    var router: Router {
        var router = Router()
        register(with: &router)
        return router
    }
}

extension Transport {
    /// Those that have frames, and with them limits of sizes. Without a wire a message has none.
    static let withWire = allCases.filter { $0 != .inProcess }
}

extension GRPCTesting.Payload {
    static func zeros(_ count: Int) -> Self { Self(body: [UInt8](repeating: 0, count: max(0, count))) }
}

extension GRPCTesting.SimpleRequest {
    /// The sizes of large_unary.
    static let large = Self(responseSize: 314_159, payload: .zeros(271_828))

    /// A request of exactly so many bytes on the wire. From 2 MiB on, the two lengths before the body have four bytes
    /// each.
    static func encoded(byteCount: Int) -> Self { Self(payload: .zeros(byteCount - 10)) }
}

extension GRPCTesting.StreamingOutputCallRequest {
    /// Asks for answers of these sizes.
    init(answers sizes: Int..., payload: Int = 0) {
        self.init(answers: sizes, payload: payload)
    }

    init(answers sizes: [Int], payload: Int = 0) {
        self.init(
            responseParameters: sizes.map { GRPCTesting.ResponseParameters(size: Int32($0)) },
            payload: payload == 0 ? nil : .zeros(payload))
    }
}

/// Waits until the task is cancelled.
func untilCancelled() async {
    let never = AsyncStream<Void> { _ in }
    for await _ in never {}
}
