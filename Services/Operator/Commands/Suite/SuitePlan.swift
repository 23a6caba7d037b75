import ChildProcess
import Foundation
import Glibc

/// Which processes a suite has, and how each is started.
package struct SuitePlan: Sendable {
    /// Services that keep something, in the order in which they depend on each other, and their executables.
    package static let services = ["partnership", "enrolment", "training-events", "diagnostics"]
    package static let gateway = "gateway"

    package static func executableName(_ service: String) -> String { "olp-\(service)" }

    /// How long the port may be in use before we give up.
    static let portPatience = Duration.seconds(2)

    package let folder: SuiteFolder
    package let host: String
    package let port: Int
    /// Folder with the executables.
    package let executables: String
    package let logLevel: String?
    package let environment: [String: String]

    package init(
        folder: SuiteFolder, host: String, port: Int, executables: String, logLevel: String?,
        environment: [String: String]
    ) {
        self.folder = folder
        self.host = host
        self.port = port
        self.executables = executables
        self.logLevel = logLevel
        self.environment = environment
    }

    package var url: String {
        "http://\(host.contains(":") ? "[\(host)]" : host == "0.0.0.0" ? "127.0.0.1" : host):\(port)"
    }

    package var processes: [ServicePlan] {
        Self.services.map { name in
            plan(name, endpoint: endpoint(name), arguments: ["--store", folder.store(name)])
        } + [
            plan(
                Self.gateway, endpoint: endpoint(Self.gateway),
                arguments: [
                    "--host", host, "--port", String(port), "--token-file", folder.token,
                ])
        ]
    }

    package func endpoint(_ service: String) -> String { "ipc://\(folder.socket(service))" }

    private func plan(_ name: String, endpoint: String?, arguments: [String]) -> ServicePlan {
        let log = folder.log(name)
        let common = ["--runtime-folder", folder.runtime] + (logLevel.map { ["--log-level", $0] } ?? [])
        // Logs go to standard error. Standard output is for whoever starts a service by hand: the gateway's first token
        // is said there, and must not end up in a log.
        return ServicePlan(name: name, endpoint: endpoint, log: log) { adminPort in
            Launch(
                "\(executables)/\(Self.executableName(name))",
                arguments: arguments + ["--admin", "127.0.0.1:\(adminPort)"] + common,
                environment: environment, output: .discard, error: .append(to: log), bond: .ownGroup,
                signalWithParent: SIGTERM)
        }
    }

    /// Fails, saying what to do, if something stands in the way that can be seen before anything is started.
    package func check() async throws(Failure) {
        for name in Self.services + [Self.gateway] {
            let path = "\(executables)/\(Self.executableName(name))"
            guard FileManager.default.isExecutableFile(atPath: path) else {
                throw Failure(
                    .failure, "\(path) is not there",
                    advice:
                        "Build it with `swift build --product \(Self.executableName(name))`, or name the folder with --bin."
                )
            }
        }
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
