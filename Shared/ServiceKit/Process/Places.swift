import RPCZeroMQ
import Storage
import ZeroMQ

/// Where the process answers, keeps and calls, worked out of configuration and environment.
struct Places {
    /// Where calls are answered; empty for a process that answers none.
    var listen: [Endpoint] = []
    /// Where the services that it calls answer, by name.
    var peers: [String: Target] = [:]
    var store: StoreLocation?
    /// The folder of the socket or store to make before it can be used, if it is a default one.
    var folders: [Folder] = []

    enum Folder {
        case runtime(RuntimeFolder)
        case state(String)

        func prepare() throws(StartFailure) {
            switch self {
            case .runtime(let folder): try folder.prepare()
            case .state(let path):
                do {
                    try SystemFile.makeFolder(path)
                } catch {
                    throw StartFailure(.cannotCreate, "cannot make the folder of the store: \(error)")
                }
            }
        }
    }

    init(
        _ definition: ServiceDefinition, _ configuration: Configuration, _ environment: [String: String]
    ) throws(ConfigurationProblem) {
        let runtime = RuntimeFolder(configured: configuration[CommonKeys.runtimeFolder], environment: environment)
        if definition.servesCalls {
            if let configured = configuration[CommonKeys.listen] {
                for text in configured.split(separator: ",") {
                    listen.append(try Self.endpoint(text.filter { $0 != " " }, key: "listen"))
                }
                guard !listen.isEmpty else { throw ConfigurationProblem(.missing, "listen names no endpoint") }
            } else {
                listen = [try Self.endpoint(runtime.endpoint(of: definition.name), key: "runtime-folder")]
                folders.append(.runtime(runtime))
            }
        }
        let lists = definition.peers.isEmpty ? nil : configuration[CommonKeys.peersFolder].map { "file://\($0)" }
        for peer in definition.peers {
            let key = CommonKeys.peer(peer)
            if let configured = configuration[key] {
                peers[peer] = try Self.target(configured, key: key.name)
            } else if let lists {
                peers[peer] = try Self.target("\(lists)/\(peer)", key: CommonKeys.peersFolder.name)
            } else {
                peers[peer] = try Self.target(runtime.endpoint(of: peer), key: CommonKeys.runtimeFolder.name)
            }
        }
        if definition.usesCalls {
            try ProcessSecurity.check(listen: listen, peers: peers, definition, configuration)
        }
        guard definition.store != nil else { return }
        let location = try Self.store(definition.name, configuration, environment)
        do throws(StoreError) {
            store = try StoreLocation(location)
        } catch {
            throw ConfigurationProblem(.missing, "store: \(error.message)")
        }
        if case .sqlite(let path) = store, let slash = path.lastIndex(of: "/"), slash != path.startIndex {
            folders.append(.state(String(path[..<slash])))
        }
    }

    private static func store(
        _ name: String, _ configuration: Configuration, _ environment: [String: String]
    ) throws(ConfigurationProblem) -> String {
        if let configured = configuration[CommonKeys.store] { return configured }
        return try StateFolder.path(for: "store", environment: environment) + "/\(name).sqlite"
    }

    private static func target(_ text: String, key: String) throws(ConfigurationProblem) -> Target {
        do throws(Endpoint.Problem) {
            return try Target(text)
        } catch {
            throw ConfigurationProblem(.missing, "\(key): \(error)")
        }
    }

    private static func endpoint(_ text: String, key: String) throws(ConfigurationProblem) -> Endpoint {
        do throws(Endpoint.Problem) {
            return try Endpoint(text)
        } catch {
            throw ConfigurationProblem(.missing, "\(key): \(error)")
        }
    }
}
