package import ChildProcess
package import Contracts
import Foundation
import Glibc
package import HTTPClient
package import TestSupport

/// The real suite: `olp up` with a data folder of its own, reached over HTTP like by anybody else.
package final class RunningSuite: Sendable {
    package let folder: TemporaryDirectory
    /// Of the first gateway; the others have the ports above it.
    package let port: Int
    package let gateways: Int
    private let process: RunningProcess

    private init(folder: TemporaryDirectory, port: Int, gateways: Int, process: RunningProcess) {
        self.folder = folder
        self.port = port
        self.gateways = gateways
        self.process = process
    }

    /// Services that keep something, in the order in which they depend on each other, and the gateway.
    package static let services = ["partnership", "enrolment", "training-events", "diagnostics", "gateway"]

    /// Longest wait for what another process does; debug builds on a busy machine are slow.
    package static let patience = Duration.seconds(60)

    /// Runs `body` with a suite that is ready, and stops it afterwards whatever happens.
    package static func with<R>(
        _ arguments: [String] = [], environment: [String: String] = [:], _ body: (RunningSuite) async throws -> R
    ) async throws -> R {
        let suite = try await start(in: TemporaryDirectory(), arguments, environment: environment)
        let result: R
        do {
            result = try await body(suite)
        } catch {
            print(
                "--- log of olp up\n\(suite.log("up"))--- log of partnership\n\(suite.log("partnership").suffix(4000))")
            await suite.kill()
            throw error
        }
        await suite.kill()
        return result
    }

    /// Starts a suite on the data in `folder` and waits until it is ready.
    /// - Parameters:
    ///   - gateways: how many it has by `arguments`.
    ///   - program: path of the `olp` that starts it; nil: the one that was built with these tests.
    package static func start(
        in folder: TemporaryDirectory, _ arguments: [String] = [], environment: [String: String] = [:],
        gateways: Int = 1, program: String? = nil
    ) async throws -> RunningSuite {
        let port = try freePorts(gateways)
        try? FileManager.default.removeItem(atPath: folder.file("up.log"))
        let process = try await RunningProcess.start(
            Launch(
                program ?? Project.executable("olp"),
                arguments: ["up", "--data", folder.file("data"), "--port", "\(port)"] + arguments,
                environment: Program.environment(adding: environment), output: .append(to: folder.file("up.log")),
                error: .append(to: folder.file("up.log")), bond: .ownGroup, signalWithParent: SIGKILL))
        let suite = RunningSuite(folder: folder, port: port, gateways: gateways, process: process)
        do {
            try await poll(until: "the suite's start", timeout: patience) {
                if let end = process.status { throw SuiteEnded(how: end, log: suite.log("up")) }
                return suite.log("up").contains("Ctrl-C stops everything.")
            }
        } catch {
            process.send(signal: SIGKILL)
            throw error
        }
        return suite
    }

    package struct SuiteEnded: Error, CustomStringConvertible {
        let how: ExitStatus
        let log: String
        package var description: String { "olp up ended with \(how):\n\(log)" }
    }

    // MARK: Its processes

    /// What `suite.json` says.
    package struct State: Decodable, Sendable {
        package struct Service: Decodable, Sendable {
            package let name: String
            /// What it is one of.
            package var service: String { ownService ?? name }
            /// Nil in versions in which it was the name.
            private let ownService: String?
            package let endpoint: String?
            package let url: String?
            package let adminPort: Int
            package let pid: Int32?
            package let phase: String
            package let restarts: Int

            private enum CodingKeys: String, CodingKey {
                case name, endpoint, url, adminPort, pid, phase, restarts
                case ownService = "service"
            }
        }
        package let pid: Int32
        package let services: [Service]
    }

    package var state: State? { Self.state(in: folder) }

    /// What a suite that is started in a folder says of itself; nil if none was yet.
    package static func state(in folder: TemporaryDirectory) -> State? {
        guard let text = try? folder.read("data/suite.json") else { return nil }
        return try? JSONDecoder().decode(State.self, from: Data(text.utf8))
    }

    /// A process by its name, or the first of a service.
    package func service(_ name: String) -> State.Service? {
        let services = state?.services ?? []
        return services.first { $0.name == name } ?? services.first { $0.service == name }
    }

    /// Names of the processes that do a service's work.
    package func replicas(of service: String) -> [String] {
        (state?.services ?? []).filter { $0.service == service }.map(\.name)
    }

    /// "up" for what `olp up` printed; else the name of a service.
    package func log(_ name: String) -> String {
        (try? folder.read(name == "up" ? "up.log" : "data/logs/\(name).log")) ?? ""
    }

    /// Ends a service without warning, and gives the id that it had.
    @discardableResult
    package func killService(_ name: String) async throws -> Int32 {
        let pid = try await poll(for: "\(name) to run", timeout: Self.patience) { self.service(name)?.pid }
        _ = Glibc.kill(pid, SIGKILL)
        return pid
    }

    /// Waits until a service that was killed is there again.
    package func waitForRestart(of name: String, after pid: Int32) async throws {
        try await poll(until: "\(name) to be ready again", timeout: Self.patience) {
            guard let now = self.service(name) else { return false }
            return now.phase == "ready" && now.pid != pid
        }
    }

    /// Asks it to stop and waits for the end.
    package func stop() async throws -> ExitStatus {
        process.send(signal: SIGTERM)
        return try await poll(for: "the suite's end", timeout: Self.patience) { self.process.status }
    }

    package func kill() async {
        process.send(signal: SIGTERM)
        _ = try? await poll(for: "the suite's end", timeout: Self.patience) { self.process.status }
        process.send(signal: SIGKILL)
    }

    /// Ends the supervisor without warning.
    package func killSupervisor() async {
        process.send(signal: SIGKILL)
        await process.ended()
    }

    // MARK: HTTP

    package var token: String {
        get throws { try folder.read("data/gateway.token").trimmingCharacters(in: .whitespacesAndNewlines) }
    }

    private func origin(of gateway: Int = 0) -> HTTPOrigin { HTTPOrigin(host: "127.0.0.1", port: port + gateway) }

    /// - Parameter gateway: which one, from 0.
    package func send(_ request: HTTPRequest, token: String?, to gateway: Int = 0) async throws -> HTTPReply {
        var request = request
        if let token { request.fields.append(("Authorization", "Bearer \(token)")) }
        return try await HTTPConnection.with(origin(of: gateway)) { [request] in try await $0.send(request) }
    }

    /// Hands on a reply's body piece by piece, until it ends or the task is cancelled.
    package func stream(_ request: HTTPRequest, _ receive: ([UInt8]) -> Void) async throws {
        var request = request
        request.fields.append(("Authorization", "Bearer \(try token)"))
        let head = try await HTTPConnection.with(origin()) { [request] connection in
            try await connection.exchange(request) { (piece: [UInt8]) throws(HTTPFailure) in receive(piece) }
        }
        guard 200..<300 ~= head.status else { throw NotStreamed(status: head.status) }
    }

    package func send(
        _ method: String, _ target: String, json: String? = nil, fields: [(name: String, value: String)] = [],
        to gateway: Int = 0, within timeout: Duration = .seconds(30)
    ) async throws -> HTTPReply {
        var request = HTTPRequest(method, target, fields: fields, timeout: timeout)
        if let json {
            request.body = .bytes(Array(json.utf8))
            request.fields.append(("Content-Type", "application/json"))
        }
        return try await send(request, token: token, to: gateway)
    }

    /// The reply's message; throws what the gateway said if it is a problem.
    package func call<Reply: JSONMessage>(
        _ method: String, _ target: String, _ body: (any JSONMessage)? = nil,
        fields: [(name: String, value: String)] = [], as type: Reply.Type = Reply.self
    ) async throws -> Reply {
        let reply = try await send(method, target, json: body?.jsonText(), fields: fields)
        guard reply.isSuccess else { throw Refused(reply) }
        return try Reply(jsonText: reply.text)
    }

    package struct NotStreamed: Error {
        package let status: Int
    }

    package struct Refused: Error, CustomStringConvertible {
        package let reply: HTTPReply
        package init(_ reply: HTTPReply) { self.reply = reply }
        package var description: String { "\(reply.status): \(reply.text)" }
    }

    /// What the gateway says of a request that must not succeed.
    package func refusal(
        _ method: String, _ target: String, _ body: any JSONMessage, fields: [(name: String, value: String)] = []
    ) async throws -> String {
        let reply = try await send(method, target, json: body.jsonText(), fields: fields)
        return reply.isSuccess ? "not refused: \(reply.text)" : reply.text
    }

    // MARK: olp

    /// Runs `olp` on this suite.
    package func olp(_ arguments: String..., within timeout: Duration = patience) async throws -> Program.Outcome {
        try await Program.run(
            Project.executable("olp"), arguments, environment: ["OLP_DATA": folder.file("data")],
            directory: folder.path, timeout: timeout)
    }
}
