import RPC
import Synchronization
import TestSupport

/// gRPC's TestService, as its interoperability tests describe it.
///
/// `interval_us` is not honoured: no test waits for time. Compression is refused by the transport.
struct InteropService: TestServiceHandlers {
    /// Metadata that comes back as initial and as trailing metadata.
    static let echoInitial = "x-grpc-test-echo-initial"
    static let echoTrailing = "x-grpc-test-echo-trailing-bin"

    let serverID: String
    /// What unary calls and streams of requests do before they look at their first message.
    let pause: @Sendable () async throws -> Void
    let handlers = HandlerCount()

    init(serverID: String = "server-1", pause: @escaping @Sendable () async throws -> Void = {}) {
        self.serverID = serverID
        self.pause = pause
    }

    func emptyCall(_ request: GRPCTesting.Empty, context: ServerContext) async throws -> GRPCTesting.Empty {
        GRPCTesting.Empty()
    }

    func unaryCall(
        _ request: GRPCTesting.SimpleRequest, context: ServerContext
    ) async throws -> GRPCTesting.SimpleResponse {
        try await handlers.counting {
            try await pause()
            echoMetadata(context)
            try Self.end(as: request.responseStatus)
            return GRPCTesting.SimpleResponse(
                payload: .zeros(Int(request.responseSize)), serverId: request.fillServerId ? serverID : "")
        }
    }

    func streamingOutputCall(
        _ request: GRPCTesting.StreamingOutputCallRequest,
        to writer: ResponseWriter<GRPCTesting.StreamingOutputCallResponse>, context: ServerContext
    ) async throws {
        try await handlers.counting {
            try await answer(request, to: writer)
        }
    }

    func streamingInputCall(
        _ requests: RequestStream<GRPCTesting.StreamingInputCallRequest>, context: ServerContext
    ) async throws -> GRPCTesting.StreamingInputCallResponse {
        try await handlers.counting {
            try await pause()
            var size = 0
            for try await request in requests { size += request.payload?.body.count ?? 0 }
            return GRPCTesting.StreamingInputCallResponse(aggregatedPayloadSize: Int32(size))
        }
    }

    func fullDuplexCall(
        _ requests: RequestStream<GRPCTesting.StreamingOutputCallRequest>,
        to writer: ResponseWriter<GRPCTesting.StreamingOutputCallResponse>, context: ServerContext
    ) async throws {
        try await handlers.counting {
            try await pause()
            echoMetadata(context)
            for try await request in requests { try await answer(request, to: writer) }
        }
    }

    func halfDuplexCall(
        _ requests: RequestStream<GRPCTesting.StreamingOutputCallRequest>,
        to writer: ResponseWriter<GRPCTesting.StreamingOutputCallResponse>, context: ServerContext
    ) async throws {
        var all: [GRPCTesting.StreamingOutputCallRequest] = []
        for try await request in requests { all.append(request) }
        for request in all { try await answer(request, to: writer) }
    }

    func unimplementedCall(_ request: GRPCTesting.Empty, context: ServerContext) async throws -> GRPCTesting.Empty {
        throw RPCError(.unimplemented, "")
    }

    private func answer(
        _ request: GRPCTesting.StreamingOutputCallRequest,
        to writer: ResponseWriter<GRPCTesting.StreamingOutputCallResponse>
    ) async throws {
        try Self.end(as: request.responseStatus)
        for parameters in request.responseParameters {
            try await writer.write(GRPCTesting.StreamingOutputCallResponse(payload: .zeros(Int(parameters.size))))
            handlers.wrote()
        }
    }

    private func echoMetadata(_ context: ServerContext) {
        if let value = context.metadata.text(Self.echoInitial) {
            var initial = Metadata()
            initial.add(Self.echoInitial, value)
            context.sendInitialMetadata(initial)
        }
        if let value = context.metadata.binary(Self.echoTrailing) {
            var trailing = Metadata()
            trailing.add(Self.echoTrailing, binary: value)
            context.setTrailingMetadata(trailing)
        }
    }

    /// Ends the call with the status that the request asks for, if it asks for one.
    private static func end(as status: GRPCTesting.EchoStatus?) throws(RPCError) {
        guard let status, status.code != 0 else { return }
        throw RPCError(StatusCode(rawValue: UInt8(clamping: status.code)) ?? .unknown, status.message)
    }
}

/// How many handlers have begun and ended, and how many messages they got rid of.
final class HandlerCount: Sendable {
    struct Values: Sendable {
        var begun = 0
        var ended = 0
        var written = 0
    }

    private let values = Mutex(Values())

    var current: Values { values.withLock { $0 } }

    func wrote() { values.withLock { $0.written += 1 } }

    func counting<Result>(_ body: () async throws -> Result) async throws -> Result {
        values.withLock { $0.begun += 1 }
        defer { values.withLock { $0.ended += 1 } }
        return try await body()
    }
}
