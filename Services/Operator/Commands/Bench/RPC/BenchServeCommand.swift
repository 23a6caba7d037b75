package import ArgumentParser
import Contracts
import RPC
import RPCZeroMQ
import ServiceKit
import UnixSignals
import Values
import Wire
import ZeroMQ

/// The server's side of `olp bench rpc`, in a process of its own.
package struct BenchServeCommand: OlpCommand {
    package static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serves olp.bench.v1.Bench until it is stopped.",
        shouldDisplay: false)

    @Option(name: .long, help: "Where to answer: ipc:///path or tcp://host:port.")
    package var endpoint: String

    @Option(name: .long, help: "What Echo does: echo, store (reads a row), work (computes) or hold (answers never).")
    package var handler = BenchService.Handler.echo

    @Option(name: .long, help: "Bytes that a message may have.")
    package var largestMessage: Int?

    @Option(name: .long, help: ArgumentHelp("Encrypt tcp with the keys of this folder.", valueName: "dir"))
    package var keys: String?

    @Flag(name: .long, help: .hidden)
    package var json = false

    package init() {}

    package func perform(_ console: Console, _ surroundings: Surroundings) async throws {
        let transport = ZeroMQTransport(
            identity: ProcessIdentity(
                service: "bench", instanceID: SystemIdentifiers().next().text, build: Release.version),
            security: try BenchKeys(folder: keys.map(surroundings.absolute)).policy(of: BenchKeys.server),
            limits: .bench(largestMessage: largestMessage))
        var router = Router()
        if let largestMessage { router.decodeLimits.maxBytes = max(router.decodeLimits.maxBytes, largestMessage) }
        try await BenchService(handler).register(with: &router)
        router.runInline(BenchMethods.echoInline)
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        let server = try transport.serve(RPCServer(router: router), at: Endpoint(endpoint))
        console.print("ready")
        for await _ in signals { break }
        server.stop()
        transport.shutDown()
    }
}

extension ConnectionLimits {
    /// The usual ones, with room for what is measured: big messages, and more open calls than services allow.
    static func bench(largestMessage: Int?) -> ConnectionLimits {
        var limits = ConnectionLimits()
        if let largestMessage { limits.maximumMessageBytes = max(limits.maximumMessageBytes, largestMessage) }
        limits.maximumConcurrentCalls = 110_000
        return limits
    }
}
