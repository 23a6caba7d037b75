import ArgumentParser
import ChildProcess
import Glibc
import ZeroMQ

/// The server that is called: a child of ours, or one that somebody else started.
package struct BenchServer: Sendable {
    package enum Transport: String, CaseIterable, ExpressibleByArgument, Sendable {
        case ipc, tcp
    }

    /// Of util-linux: starts a program on some cores.
    private static let taskset = "/usr/bin/taskset"

    let endpoint: String
    /// Nil if it is not known: then only this process is measured.
    let pid: Int32?
    private let process: RunningProcess?

    init(running endpoint: String, pid: Int32?) {
        self.endpoint = endpoint
        self.pid = pid
        process = nil
    }

    private init(_ endpoint: String, _ process: RunningProcess) {
        self.endpoint = endpoint
        self.process = process
        pid = process.pid
    }

    /// - Parameters:
    ///   - largestMessage: bytes that a message may have; nil: as usual.
    ///   - keys: folder of keys to encrypt with; nil: plain.
    ///   - core: the only one that it runs on; nil: any.
    static func start(
        _ transport: Transport, handler: BenchService.Handler, largestMessage: Int? = nil, keys: String? = nil,
        core: Int? = nil, _ surroundings: Surroundings
    ) async throws -> BenchServer {
        let endpoint =
            switch transport {
            case .ipc: "ipc:///tmp/olp-bench-\(getpid()).rpc"
            case .tcp: try freePort()
            }
        var words = ["bench", "serve", "--endpoint", endpoint, "--handler", handler.rawValue]
        if let largestMessage { words += ["--largest-message", String(largestMessage)] }
        if let keys { words += ["--keys", keys] }
        var program = surroundings.executable
        if let core {
            words = ["--cpu-list", String(core), program] + words
            program = taskset
        }
        return BenchServer(endpoint, try await launch(program, words, surroundings))
    }

    private static func launch(
        _ program: String, _ words: [String], _ surroundings: Surroundings
    ) async throws -> RunningProcess {
        try await RunningProcess.start(
            Launch(
                program, arguments: words, environment: surroundings.environment, output: .discard, bond: .ownGroup,
                signalWithParent: SIGTERM))
    }

    /// A port that is free now: bound and given back.
    private static func freePort() throws -> String {
        let socket = try Socket(.router, in: .process)
        try socket.bind(Endpoint("tcp://127.0.0.1:*"))
        return try socket.lastEndpoint()
    }

    func stop() {
        guard let process else { return }
        process.send(signal: SIGTERM)
        if endpoint.hasPrefix("ipc://") { unsafe unlink(String(endpoint.dropFirst("ipc://".count))) }
    }
}
