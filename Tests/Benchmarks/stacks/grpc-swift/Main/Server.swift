import GRPCCore
import GRPCNIOTransportHTTP2Posix

/// Serves until the process is ended.
func serve(_ endpoint: Endpoint) async throws {
    let server = GRPCServer(
        transport: .http2NIOPosix(
            address: endpoint.address, transportSecurity: .plaintext,
            config: .defaults { $0.rpc.maxRequestPayloadSize = Client.bulkBytes * 2 }), services: [Service()])
    try await withThrowingDiscardingTaskGroup { group in
        group.addTask { try await server.serve() }
        _ = try await server.listeningAddress
        Output.line("ready")
    }
}

private struct Service: Olp_Bench_V1_Bench.SimpleServiceProtocol {
    func echo(request: Olp_Bench_V1_Sample, context: ServerContext) async throws -> Olp_Bench_V1_Sample { request }

    func echoInline(request: Olp_Bench_V1_Sample, context: ServerContext) async throws -> Olp_Bench_V1_Sample {
        request
    }

    func stream(
        request: Olp_Bench_V1_StreamRequest, response: RPCWriter<Olp_Bench_V1_Sample>, context: ServerContext
    ) async throws {
        let sample = request.sample
        for _ in 0..<request.count { try await response.write(sample) }
    }
}
