package import Logging
import Storage

/// The keys that every process has, or every process of a kind.
package enum CommonKeys {
    package static let logLevel = ConfigurationKey<Logger.Level>(
        "log-level", default: .info, "Least level that is logged: trace, debug, info, notice, warning, error, critical."
    )
    package static let logFormat = ConfigurationKey<LogFormat>(
        "log-format", default: .text, "How a line of the log is written, to standard error.")
    package static let drainTime = ConfigurationKey<Duration>(
        "drain-time", default: .seconds(20), in: .zero ... .seconds(3600),
        "Longest time from SIGTERM or SIGINT to the end of the process. What is not done then is broken off.")
    package static let runtimeFolder = ConfigurationKey<String?>(
        optional: "runtime-folder",
        "Folder of the sockets on this machine. Default: $XDG_RUNTIME_DIR/olp, or /tmp/olp-UID without that.")
    /// Several are separated by commas.
    package static let listen = ConfigurationKey<String?>(
        optional: "listen",
        "Where calls are answered: ipc:///path or tcp://host:port, or several with commas. "
            + "Default: a socket in the runtime folder.")
    package static let store = ConfigurationKey<String?>(
        optional: "store",
        "The store: a file, made if there is none, or postgres://USER@HOST:PORT/DATABASE, which replicas share. With a password "
            + "in it, better in the configuration file than here. Default: $XDG_STATE_HOME/olp/NAME.sqlite, or "
            + "~/.local/state/olp/NAME.sqlite without that.")

    package static let writesPerCommit = ConfigurationKey<Int>(
        "store-writes-per-commit", default: StoreLimits.standard.writesPerCommit, in: 1...StoreLimits.standard.writesPerCommit,
        "Writes that come at once and may share a commit, and so one wait for the disk; 1: each waits alone. PostgreSQL takes "
            + "32 at most.")

    /// A key and not a word of the command line alone: the address may hold a password, which is better in a variable.
    package static let copyStoreTo = ConfigurationKey<String?>(
        optional: "copy-store-to",
        "Copies the store to this place, such as postgres://USER@HOST/DATABASE, compares both, and ends; calls are not "
            + "answered. The place must hold nothing yet. `olp store copy` does it for all services.")

    package static let keyFile = ConfigurationKey<String?>(
        optional: "key-file",
        "File of this process's secret key for calls over tcp, which only its owner may read; `olp keys make` makes one. "
            + "It is read at the start.")
    package static let allowedCallers = ConfigurationKey<String?>(
        optional: "allowed-callers",
        "File of those who may call over tcp: one NAME KEY a line, public keys. Read anew when it changes.")
    package static let knownServices = ConfigurationKey<String?>(
        optional: "known-services",
        "File of the public keys of the services that are called over tcp: one NAME KEY a line. Read anew when it changes.")
    package static let knownSigners = ConfigurationKey<String?>(
        optional: "known-signers",
        "File of the public signing keys of those who may say who acts, the gateway first of all: one NAME KEY a line. With "
            + "it, a call whose actor none of them signed is refused. It is read at the start.")
    package static let plainTCP = ConfigurationKey<Bool>(
        "plain-tcp", default: false,
        "Calls over tcp are neither encrypted nor asked who they are. Only for a network that nobody else is on.")

    package static func admin(port: Int) -> ConfigurationKey<HostAndPort> {
        ConfigurationKey(
            "admin", default: HostAndPort(host: "127.0.0.1", port: port),
            "Where /livez, /readyz, /metrics and /version are served over HTTP. Port 0: any free one. "
                + "Whoever reaches it may read it: keep it off public networks.")
    }

    package static let peersFolder = ConfigurationKey<String?>(
        optional: "peers-folder",
        "Folder with a file for each service that is called, of its name: where its replicas answer, one a line. Watched. "
            + "Default: one process of each, at its socket in the runtime folder.")

    /// Where another service is reached.
    package static func peer(_ name: String) -> ConfigurationKey<String?> {
        ConfigurationKey(
            optional: "peer-\(name)",
            "Where \(name) answers calls: ipc:///path or tcp://host:port, several with commas if it has replicas, "
                + "file:///path with one a line, or dns:///host:port for every address of a name. "
                + "Default: its file in the peers folder, or its socket in the runtime folder.")
    }
}

extension ServiceDefinition {
    /// All keys, the service's own last.
    package var allKeys: [any DeclaredKey] {
        var all: [any DeclaredKey] = []
        if servesCalls { all.append(CommonKeys.listen) }
        all.append(CommonKeys.admin(port: adminPort))
        if store != nil { all += [CommonKeys.store, CommonKeys.writesPerCommit, CommonKeys.copyStoreTo] }
        all.append(CommonKeys.runtimeFolder)
        if !peers.isEmpty { all.append(CommonKeys.peersFolder) }
        all += peers.map(CommonKeys.peer)
        if usesCalls { all += securityKeys }
        all += [CommonKeys.logLevel, CommonKeys.logFormat, CommonKeys.drainTime]
        return all + keys
    }

    /// Whether it has any part in the RPC.
    var usesCalls: Bool { servesCalls || !peers.isEmpty }

    private var securityKeys: [any DeclaredKey] {
        var keys: [any DeclaredKey] = [CommonKeys.keyFile]
        if servesCalls { keys += [CommonKeys.allowedCallers, CommonKeys.knownSigners] }
        if !peers.isEmpty { keys.append(CommonKeys.knownServices) }
        return keys + [CommonKeys.plainTCP]
    }
}
