package import Foundation
import ServiceKit

/// What a running suite tells the other commands, kept in `suite.json`.
package struct SuiteState: Codable, Hashable, Sendable {
    package struct Service: Codable, Hashable, Sendable {
        package enum Phase: String, Codable, Sendable {
            case starting, ready, waiting, stopped
        }

        package var name: String
        /// Where it takes calls; nil if it takes none.
        package var endpoint: String?
        /// Port of 127.0.0.1 with its health and metrics.
        package var adminPort: Int
        package var pid: Int32?
        package var phase: Phase
        package var restarts: Int
        package var log: String

        package init(
            name: String, endpoint: String?, adminPort: Int, pid: Int32?, phase: Phase, restarts: Int, log: String
        ) {
            self.name = name
            self.endpoint = endpoint
            self.adminPort = adminPort
            self.pid = pid
            self.phase = phase
            self.restarts = restarts
            self.log = log
        }
    }

    /// The supervisor's process.
    package var pid: Int32
    package var startedAt: Date
    package var url: String
    package var tokenFile: String
    package var services: [Service]

    package init(pid: Int32, startedAt: Date, url: String, tokenFile: String, services: [Service]) {
        self.pid = pid
        self.startedAt = startedAt
        self.url = url
        self.tokenFile = tokenFile
        self.services = services
    }

    package var isReady: Bool { services.allSatisfy { $0.phase == .ready } }

    package func service(_ name: String) -> Service? { services.first { $0.name == name } }

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
