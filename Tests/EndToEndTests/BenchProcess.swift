import ChildProcess
import Contracts
import Foundation
import Glibc
import RPC
import RPCZeroMQ
import Synchronization
import TestSupport
import ZeroMQ

/// A process that serves `olp.bench.v1.Bench`, and a client of it in this one.
final class BenchProcess: Sendable {
    private let endpoint: String
    private let running: Mutex<RunningProcess>
    /// The server's port, if it has one.
    let port: Int

    private init(_ endpoint: String, port: Int) async throws {
        self.endpoint = endpoint
        self.port = port
        running = Mutex(try await Self.start(endpoint))
    }

    var process: RunningProcess { running.withLock { $0 } }

    /// Starts a process in the place of one that has ended.
    func restart() async throws {
        let process = try await Self.start(endpoint)
        running.withLock { $0 = process }
    }

    private static func start(_ endpoint: String) async throws -> RunningProcess {
        try await RunningProcess.start(
            Launch(
                try Project.executable("olp"), arguments: ["bench", "serve", "--endpoint", endpoint],
                environment: Program.environment(), bond: .ownGroup, signalWithParent: SIGKILL))
    }

    static func with(_ scheme: String, _ body: (BenchProcess, BenchClient) async throws -> Void) async throws {
        let folder = try TemporaryDirectory()
        let port = scheme == "tcp" ? try freePort() : 0
        let server = try await BenchProcess(
            scheme == "tcp" ? "tcp://127.0.0.1:\(port)" : "ipc://\(folder.path)/s", port: port)
        do {
            try await withClient(server.endpoint) { try await body(server, $0) }
        } catch {
            await server.kill()
            throw error
        }
        await server.kill()
    }

    private func kill() async {
        let process = process
        process.send(signal: SIGKILL)
        await process.ended()
    }

    /// A client of an endpoint, once it is answered there.
    static func withClient(_ endpoint: String, _ body: (BenchClient) async throws -> Void) async throws {
        let transport = ZeroMQTransport(
            identity: ProcessIdentity(service: "test", instanceID: "test-1", build: "test"), security: .plainTCP)
        let channel = try transport.channel(to: Endpoint(endpoint))
        defer {
            channel.close()
            transport.shutDown()
        }
        let client = BenchClient(channel)
        _ = try await client.echo(BenchV1.Sample(), options: CallOptions(timeout: .seconds(20), waitForReady: true))
        try await body(client)
    }

    // MARK: What it uses

    var residentBytes: Int {
        let fields =
            (try? String(contentsOfFile: "/proc/\(process.pid)/statm", encoding: .utf8))?.split(separator: " ") ?? []
        return fields.count > 1 ? (Int(fields[1]) ?? 0) * sysconf(Int32(_SC_PAGESIZE)) : 0
    }

    /// User and system time so far, in the system's ticks.
    private var ticks: Int {
        let text = (try? String(contentsOfFile: "/proc/\(process.pid)/stat", encoding: .utf8)) ?? ""
        let fields = text.split(separator: ")").last?.split(separator: " ") ?? []
        return fields.count > 12 ? (Int(fields[11]) ?? 0) + (Int(fields[12]) ?? 0) : 0
    }

    /// Waits until it does nothing any more.
    func isIdle() async throws {
        var last = -1
        try await poll(until: "the server has nothing to do", timeout: .seconds(20), interval: .milliseconds(200)) {
            let now = ticks
            defer { last = now }
            return now == last
        }
    }
}

/// A number that several tasks change.
final class LockedNumber: Sendable {
    private let number = Mutex(0)
    var current: Int { number.withLock { $0 } }
    func add(_ more: Int) { number.withLock { $0 += more } }
}
