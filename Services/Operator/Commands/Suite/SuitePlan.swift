import ChildProcess
import Foundation
import Glibc
import RPC

/// Which processes a suite has, and how each is started.
package struct SuitePlan: Sendable {
    /// Those behind the gateway, in the order in which they depend on each other, and their executables.
    package static let services = ["partnership", "enrolment", "training-events", "diagnostics"]
    package static let gateway = "gateway"
    /// All of them, in that order.
    package static let all = services + [gateway]

    package static func executableName(_ service: String) -> String { "olp-\(service)" }

    /// How long the port may be in use before we give up.
    static let portPatience = Duration.seconds(2)

    package let folder: SuiteFolder
    package let host: String
    /// Of the first gateway; further ones have the ports above it.
    package let port: Int
    /// Folder with the executables.
    package let executables: String
    package let logLevel: String?
    package let environment: [String: String]
    /// How many processes to start; of a service that is not in it, one.
    package let counts: ReplicaCounts
    /// Where the stores are; nil: each in a file of the folder.
    package let database: SuiteDatabase?

    package init(
        folder: SuiteFolder, host: String, port: Int, executables: String, logLevel: String?,
        environment: [String: String], counts: ReplicaCounts = ReplicaCounts(), database: SuiteDatabase? = nil
    ) {
        self.folder = folder
        self.host = host
        self.port = port
        self.executables = executables
        self.logLevel = logLevel
        self.environment = environment
        self.counts = counts
        self.database = database
    }

    /// Of the first gateway.
    package var url: String { url(Replica(Self.gateway)) }

    private func url(_ gateway: Replica) -> String {
        let shown = host.contains(":") ? "[\(host)]" : host == "0.0.0.0" ? "127.0.0.1" : host
        return "http://\(shown):\(port(of: gateway))"
    }

    private func port(of gateway: Replica) -> Int { port + gateway.place - 1 }

    /// The processes to begin with. Those of a service that is named with a number have numbers too.
    package var processes: [ServicePlan] { replicas.map(process) }

    private var replicas: [Replica] {
        Self.all.flatMap { service in
            counts[service].map { count in (1...count).map { Replica(service, number: $0) } } ?? [Replica(service)]
        }
    }

    package func process(_ replica: Replica) -> ServicePlan {
        let service = replica.service
        let endpoint = "ipc://\(folder.socket(replica.name))"
        var arguments = ["--listen", endpoint, "--peers-folder", folder.peers]
        var environment = environment
        // Each gets what concerns it and no more.
        environment[SuiteDatabase.variable] = nil
        if service == Self.gateway {
            arguments += ["--host", host, "--port", String(port(of: replica)), "--token-file", folder.token]
        }
        if let database {
            environment[SuiteDatabase.storeVariable(of: service)] = database.store(of: service)
        } else {
            arguments += ["--store", folder.store(service)]
        }
        if let logLevel { arguments += ["--log-level", logLevel] }
        let log = folder.log(replica.name)
        let url = service == Self.gateway ? url(replica) : nil
        // Logs go to standard error. Standard output is for whoever starts a service by hand: the gateway's first token
        // is said there, and must not end up in a log.
        return ServicePlan(replica, endpoint: endpoint, url: url, log: log) { [arguments, environment] adminPort in
            Launch(
                "\(executables)/\(Self.executableName(service))",
                arguments: arguments + ["--admin", "127.0.0.1:\(adminPort)"],
                environment: environment, output: .discard, error: .append(to: log), bond: .ownGroup,
                signalWithParent: SIGTERM)
        }
    }

    /// Why a service cannot have as many processes; nil if it can.
    package func refusal(of count: Int, for service: String) -> Failure? {
        if count > 1, database == nil {
            return Failure(
                .status(StatusCode.failedPrecondition.rawValue),
                "\(service) keeps its rows in a file of SQLite, which one process has for itself",
                advice: "Keep them in PostgreSQL: olp up --database postgres://USER@HOST/DATABASE --replicas \(service)=\(count)")
        }
        if service == Self.gateway, port + count - 1 > 65_535 {
            return Failure(
                .usage, "\(count) gateways from port \(port) on need ports above 65535",
                advice: "Begin lower: --port \(65_536 - count)")
        }
        return nil
    }

    /// Fails, saying what to do, if something stands in the way that can be seen before anything is started.
    package func check() async throws(Failure) {
        for (service, count) in counts.inOrder {
            if let refusal = refusal(of: count, for: service) { throw refusal }
        }
        for name in Self.all {
            let path = "\(executables)/\(Self.executableName(name))"
            guard FileManager.default.isExecutableFile(atPath: path) else {
                throw Failure(
                    .failure, "\(path) is not there",
                    advice:
                        "Build it with `swift build --product \(Self.executableName(name))`, or name the folder with --bin."
                )
            }
        }
        for port in port..<port + (counts[Self.gateway] ?? 1) { try await awaitPort(port) }
    }

    private func awaitPort(_ port: Int) async throws(Failure) {
        // A gateway that was told to stop a moment ago may still have it.
        let clock = ContinuousClock()
        let deadline = clock.now + Self.portPatience
        while !Port.isFree(host, port) {
            guard clock.now < deadline, (try? await clock.sleep(for: .milliseconds(50))) != nil else {
                throw Failure(
                    .failure,
                    "\(host):\(port) cannot be listened on: another program uses the port, or it may not be used",
                    advice: "Choose another port with --port N, or see who uses it: ss -ltnp 'sport = :\(port)'")
            }
        }
    }
}
