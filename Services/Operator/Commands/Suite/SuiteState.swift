package import Foundation
package import RPCZeroMQ
import ServiceKit
import ZeroMQ

/// What a running suite tells the other commands, kept in `suite.json`.
package struct SuiteState: Codable, Hashable, Sendable {
    /// One process.
    package struct Service: Codable, Hashable, Sendable {
        package enum Phase: String, Codable, Sendable {
            case starting, ready, waiting, stopped
        }

        /// Unlike all others, such as "enrolment-2".
        package var name: String
        /// What it is one of, such as "enrolment".
        package var service: String
        /// Where it takes calls; nil if it takes none.
        package var endpoint: String?
        /// Where it takes requests over HTTP; nil for all but gateways.
        package var url: String?
        /// Port of 127.0.0.1 with its health and metrics.
        package var adminPort: Int
        package var pid: Int32?
        package var phase: Phase
        package var restarts: Int
        package var log: String

        package init(
            name: String, service: String? = nil, endpoint: String?, url: String? = nil, adminPort: Int, pid: Int32?,
            phase: Phase, restarts: Int, log: String
        ) {
            self.name = name
            self.service = service ?? name
            self.endpoint = endpoint
            self.url = url
            self.adminPort = adminPort
            self.pid = pid
            self.phase = phase
            self.restarts = restarts
            self.log = log
        }

        /// One that is not started yet.
        package init(_ plan: ServicePlan) {
            self.init(
                name: plan.name, service: plan.replica.service, endpoint: plan.endpoint, url: plan.url, adminPort: 0,
                pid: nil, phase: .starting, restarts: 0, log: plan.log)
        }
    }

    /// The supervisor's process.
    package var pid: Int32
    package var startedAt: Date
    /// Of the first gateway.
    package var url: String
    package var tokenFile: String
    /// Where the suite itself is asked to change; nil if it cannot be.
    package var control: String?
    /// The PostgreSQL database with the stores, without its password; nil: they are files.
    package var database: String?
    /// Its processes; those of one service stand together.
    package var services: [Service]

    package init(
        pid: Int32, startedAt: Date, url: String, tokenFile: String, control: String? = nil, database: String? = nil,
        services: [Service]
    ) {
        self.pid = pid
        self.startedAt = startedAt
        self.url = url
        self.tokenFile = tokenFile
        self.control = control
        self.database = database
        self.services = services
    }

    package var isReady: Bool { services.allSatisfy { $0.phase == .ready } }

    /// The processes that do a service's work.
    package func replicas(of service: String) -> [Service] { services.filter { $0.service == service } }

    /// A process by its name, or the first of a service.
    package func service(_ name: String) -> Service? {
        services.first { $0.name == name } ?? replicas(of: name).first
    }

    /// Where any replica of a service is called, or one process by its own name.
    package func target(_ name: String) throws(Failure) -> Target {
        let texts = services.filter { $0.service == name || $0.name == name }.compactMap(\.endpoint)
        guard !texts.isEmpty else { throw Failure(.notRunning, "the suite has no \(name)") }
        do throws(Endpoint.Problem) {
            return try Target(texts.joined(separator: ","))
        } catch {
            throw Failure(.failure, "\(name) is nowhere that can be called: \(error)")
        }
    }

    /// Puts a process behind the others of its service, instead of one of its name if there is one.
    package mutating func put(_ service: Service) {
        if let index = services.firstIndex(where: { $0.name == service.name }) {
            services[index] = service
        } else {
            let last = services.lastIndex { $0.service == service.service } ?? services.endIndex - 1
            services.insert(service, at: last + 1)
        }
    }

    /// Replaces the file, so that a reader sees the old one or the new one.
    package func write(to path: String) throws {
        let text = JSONText.encode(self, pretty: true) + "\n"
        try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    }

    /// Nil if there is no such file.
    package static func read(_ path: String) throws(Failure) -> SuiteState? {
        let bytes: [UInt8]
        do {
            bytes = try SystemFile.read(path, limit: 1 << 20)
        } catch {
            if error.isMissing { return nil }
            throw Failure(.failure, "cannot read \(error)")
        }
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        do {
            return try decoder.decode(SuiteState.self, from: Data(bytes))
        } catch {
            throw Failure(
                .failure, "\(path) is not a state file of this release",
                advice: "If no suite runs on this data, delete the file.")
        }
    }

    /// The suite that runs on `folder`; a `Failure` that says how to start it if none does.
    package static func running(in folder: SuiteFolder, _ surroundings: Surroundings) throws(Failure) -> SuiteState {
        guard try SuiteLock.isHeld(folder.lock), let state = try read(folder.state) else {
            throw Failure(
                .notRunning, "no suite runs on \(surroundings.shown(folder.path))",
                advice: "Start one with: olp up --data \(surroundings.shown(folder.path))")
        }
        return state
    }
}
