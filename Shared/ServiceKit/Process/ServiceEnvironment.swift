package import Logging
package import RPC
package import Storage
import Synchronization
package import Values

/// What the frame gives to a service when it is put together.
package struct ServiceEnvironment: Sendable {
    /// The service's name.
    package let name: String
    package let configuration: Configuration
    package let logger: Logger
    package let metrics: MetricsRegistry
    package let readiness: Readiness
    /// What time it is, for people and records.
    package let wallClock: any WallClock
    /// For waiting.
    package let clock: any Clock<Duration>
    package let identifiers: any IdentifierSource
    /// A factor of 0.8 to 1.2 for waits, so that many do not come back at once.
    package let jitter: @Sendable () -> Double
    /// Tells whoever started the process something that is not for the log, such as a new token.
    package let announce: @Sendable (String) -> Void
    private let variables: [String: String]
    private let openStore: Store?
    private let claimKeeper: ClaimKeeper?
    private let channels: [String: any Channel]

    package init(
        name: String, configuration: Configuration, logger: Logger, metrics: MetricsRegistry, readiness: Readiness,
        wallClock: any WallClock, clock: any Clock<Duration>, identifiers: any IdentifierSource,
        jitter: @escaping @Sendable () -> Double, announce: @escaping @Sendable (String) -> Void,
        variables: [String: String], store: Store?, claims: ClaimKeeper?, channels: [String: any Channel]
    ) {
        self.name = name
        self.configuration = configuration
        self.logger = logger
        self.metrics = metrics
        self.readiness = readiness
        self.wallClock = wallClock
        self.clock = clock
        self.identifiers = identifiers
        self.jitter = jitter
        self.announce = announce
        self.variables = variables
        openStore = store
        claimKeeper = claims
        self.channels = channels
    }

    /// The service's store; only for a service that declared one.
    package var store: Store {
        guard let openStore else { preconditionFailure("\(name) declares no store") }
        return openStore
    }

    /// What this process may do alone among the replicas that share its store; only for a service that declared one.
    package var claims: ClaimKeeper {
        guard let claimKeeper else { preconditionFailure("\(name) declares no store") }
        return claimKeeper
    }

    /// Path of a file that has to last, beside where stores are by default; its folder is made.
    /// - Parameter key: the configuration key whose default it is.
    package func stateFile(_ name: String, for key: String) throws -> String {
        let folder = try StateFolder.path(for: key, environment: variables)
        do {
            try SystemFile.makeFolder(folder)
        } catch {
            throw StartFailure(.cannotCreate, "cannot make the folder \(error)")
        }
        return "\(folder)/\(name)"
    }

    /// A channel to a peer that the service declared.
    package func channel(to peer: String) -> any Channel {
        guard let channel = channels[peer] else { preconditionFailure("\(name) does not declare the peer \(peer)") }
        return channel
    }
}
