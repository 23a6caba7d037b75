import Logging
package import RPCZeroMQ
import Values
package import ZeroMQ

/// How a process's calls over tcp are secured, from its configuration.
package enum ProcessSecurity {
    /// What the keys make of the configuration, without a look at the files.
    /// - Throws: if an endpoint over tcp lacks what makes it safe.
    static func check(
        listen: [Endpoint], peers: [String: Target], _ definition: ServiceDefinition, _ configuration: Configuration
    ) throws(ConfigurationProblem) {
        let hasKey = configuration[CommonKeys.keyFile] != nil
        guard !configuration[CommonKeys.plainTCP] else {
            guard !hasKey else {
                throw ConfigurationProblem(
                    .missing, "plain-tcp and key-file exclude each other: leave out the one that is not meant")
            }
            return
        }
        if let endpoint = listen.first(where: { $0.scheme == .tcp }) {
            try require(hasKey && configuration[CommonKeys.allowedCallers] != nil, "listen", endpoint, "allowed-callers")
        }
        for (name, target) in peers.sorted(by: { $0.key < $1.key }) where target.leavesTheMachine {
            try require(
                hasKey && configuration[CommonKeys.knownServices] != nil, CommonKeys.peer(name).name, target,
                "known-services")
        }
    }

    private static func require(
        _ condition: Bool, _ key: String, _ place: some CustomStringConvertible, _ list: String
    ) throws(ConfigurationProblem) {
        guard !condition else { return }
        throw ConfigurationProblem(
            .missing,
            "\(key): \(place) needs key-file and \(list), which `olp keys make` writes; or, where nobody else is on "
                + "the network, plain-tcp = true")
    }

    /// The policy, with its files read.
    /// - Parameter onChange: told when a list has changed while the process runs.
    static func policy(
        _ definition: ServiceDefinition, _ configuration: Configuration,
        onChange: @escaping @Sendable (KeyListFile.Change) -> Void = { _ in }
    ) throws -> SecurityPolicy {
        guard definition.usesCalls else { return .localOnly }
        if configuration[CommonKeys.plainTCP] { return .plainTCP }
        guard let path = configuration[CommonKeys.keyFile] else { return .localOnly }
        let callers = definition.servesCalls ? configuration[CommonKeys.allowedCallers] : nil
        let services = definition.peers.isEmpty ? nil : configuration[CommonKeys.knownServices]
        return try policy(keyFile: path, callers: callers, services: services, onChange: onChange)
    }

    /// The policy of these files.
    package static func policy(
        keyFile: String, callers: String?, services: String?,
        onChange: @escaping @Sendable (KeyListFile.Change) -> Void = { _ in }
    ) throws -> SecurityPolicy {
        .curve(
            own: try SecretKeyFile.keyPair(keyFile), callers: try callers.map { try list($0, onChange) },
            services: try services.map { try list($0, onChange) })
    }

    /// Who checks that actors are signed; nil if the configuration asks for nobody.
    static func actorVerifier(
        _ definition: ServiceDefinition, _ configuration: Configuration, clock: any WallClock
    ) throws -> ActorVerifier? {
        guard definition.servesCalls, let path = configuration[CommonKeys.knownSigners] else { return nil }
        let bytes = try SystemFile.read(path, limit: KeyListFile.maximumBytes)
        do throws(SigningKeyList.Problem) {
            return ActorVerifier(try SigningKeyList(text: String(decoding: bytes, as: UTF8.self)), clock: clock)
        } catch {
            throw ConfigurationProblem(.file(path: path, line: error.line), error.reason)
        }
    }

    private static func list(
        _ path: String, _ onChange: @escaping @Sendable (KeyListFile.Change) -> Void
    ) throws(ConfigurationProblem) -> KeyListFile {
        do throws(KeyList.Problem) {
            return try KeyListFile(path, onChange: onChange)
        } catch {
            throw ConfigurationProblem(.file(path: path, line: error.line), error.reason)
        }
    }
}

extension Logger {
    /// Logs what came of a change of a list.
    func tell(_ change: KeyListFile.Change) {
        switch change {
        case .replaced: notice("key list", metadata: ["keys.change": "\(change)"])
        case .kept: error("key list", metadata: ["keys.change": "\(change)"])
        }
    }
}
