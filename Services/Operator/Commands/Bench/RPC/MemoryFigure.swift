import Contracts
import Foundation
import Glibc
import RPC
import ZeroMQ

/// What a client and a server have in memory (their proportional share of what is mapped), bare and with open calls.
struct MemoryFigure: Codable, Sendable {
    let openCalls: Int
    /// A server that nobody has called, and one that has a connection. The client is the same program, so that what
    /// they map together counts half; the resident size counts it whole.
    let serverIdleBytes: Int
    let serverIdleResidentBytes: Int
    let serverConnectedBytes: Int
    let serverOpenBytes: Int
    let clientConnectedBytes: Int
    let clientOpenBytes: Int

    var serverBytesPerCall: Int { (serverOpenBytes - serverConnectedBytes) / openCalls }
    var clientBytesPerCall: Int { (clientOpenBytes - clientConnectedBytes) / openCalls }

    var table: [String] {
        func mebibytes(_ bytes: Int) -> String { String(format: "%.1f", Double(bytes) / 1_048_576) }
        return Table.rows([
            ["PSS MiB", "SERVER", "CLIENT"],
            ["nobody connected", mebibytes(serverIdleBytes), "-"],
            ["the same, resident", mebibytes(serverIdleResidentBytes), "-"],
            ["connected", mebibytes(serverConnectedBytes), mebibytes(clientConnectedBytes)],
            ["\(Figures.grouped(openCalls)) calls open", mebibytes(serverOpenBytes), mebibytes(clientOpenBytes)],
            ["bytes a call", Figures.grouped(serverBytesPerCall), Figures.grouped(clientBytesPerCall)],
        ])
    }

    static func measure(
        openCalls: Int, transport: BenchServer.Transport, message: BenchV1.Sample, _ surroundings: Surroundings
    ) async throws -> MemoryFigure {
        let server = try await BenchServer.start(transport, handler: .hold, surroundings)
        defer { server.stop() }
        guard let pid = server.pid else { throw Failure(.failure, "the server's process is not known") }
        let idle = try await settled { ProcessCost.proportionalBytes(of: pid) }
        let resident = ProcessCost.residentBytes(of: pid)
        let caller = try await BenchCaller(server, message: message, kind: .echo, isOnLoop: false)
        defer { caller.close() }
        let connected = (
            server: try await settled { ProcessCost.proportionalBytes(of: pid) },
            client: ProcessCost.proportionalBytes(of: getpid())
        )
        return try await withThrowingTaskGroup { group in
            for _ in 0..<openCalls { group.addTask { try await caller.call() } }
            try await caller.waitForHeldCalls(openCalls)
            let open = (
                server: try await settled { ProcessCost.proportionalBytes(of: pid) },
                client: ProcessCost.proportionalBytes(of: getpid())
            )
            group.cancelAll()
            while let result = await group.nextResult() {
                // Cancelled by us, as all of them are.
                _ = result
            }
            return MemoryFigure(
                openCalls: openCalls, serverIdleBytes: idle, serverIdleResidentBytes: resident,
                serverConnectedBytes: connected.server, serverOpenBytes: open.server,
                clientConnectedBytes: connected.client, clientOpenBytes: open.client)
        }
    }

    /// Reads until the figure stands still for 0.2 s, for 5 s at most.
    private static func settled(_ read: () -> Int) async throws -> Int {
        var (last, since) = (read(), ContinuousClock.now)
        let end = since + .seconds(5)
        while ContinuousClock.now < end, last == 0 || ContinuousClock.now - since < .milliseconds(200) {
            try await Task.sleep(for: .milliseconds(20))
            let bytes = read()
            if bytes != last { (last, since) = (bytes, .now) }
        }
        return last
    }
}

extension BenchCaller {
    /// Asks the server until it holds `count` calls.
    func waitForHeldCalls(_ count: Int) async throws {
        let client = BenchClient(connection.channel)
        let end = ContinuousClock.now + .seconds(30)
        while try await client.echoInline(message).pupils < count {
            guard ContinuousClock.now < end else {
                throw Failure(.failure, "the server did not take \(count) calls in 30 s")
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }
}
