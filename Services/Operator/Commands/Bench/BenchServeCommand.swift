package import ArgumentParser
import Contracts
import RPC
import RPCZeroMQ
import ServiceKit
import UnixSignals
import Values
import ZeroMQ

/// The server's side of `olp bench rpc`, in a process of its own.
package struct BenchServeCommand: OlpCommand {
    package static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serves olp.bench.v1.Bench until it is stopped.",
        shouldDisplay: false)

    @Option(name: .long, help: "Where to answer: ipc:///path or tcp://host:port.")
    package var endpoint: String

    @Flag(name: .long, help: .hidden)
    package var json = false

    package init() {}

    package func perform(_ console: Console, _ surroundings: Surroundings) async throws {
        let transport = ZeroMQTransport(
            identity: ProcessIdentity(
                service: "bench", instanceID: SystemIdentifiers().next().text, build: Release.version),
            // It measures the transport and serves nothing that is worth hiding.
            security: .plainTCP)
        var router = Router()
        BenchService().register(with: &router)
        router.runInline(BenchMethods.echoInline)
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        let server = try transport.serve(RPCServer(router: router), at: Endpoint(endpoint))
        for await _ in signals { break }
        server.stop()
        transport.shutDown()
    }
}

private struct BenchService: BenchHandlers {
    func echo(_ request: BenchV1.Sample, context: ServerContext) async throws -> BenchV1.Sample { request }

    func echoInline(_ request: BenchV1.Sample, context: ServerContext) async throws -> BenchV1.Sample { request }

    func stream(
        _ request: BenchV1.StreamRequest, to writer: ResponseWriter<BenchV1.Sample>, context: ServerContext
    ) async throws {
        let sample = request.sample ?? BenchV1.Sample()
        for _ in 0..<request.count { try await writer.write(sample) }
    }
}
