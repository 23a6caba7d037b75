/// The variables that begin with a service's prefix. An unknown one is refused: it is a typing mistake that would
/// otherwise be found in production.
struct EnvironmentReader {
    /// Values by key name.
    private(set) var values: [String: String] = [:]
    private(set) var configurationFile: String?

    /// `OLP_TRAINING_EVENTS_` for "training-events".
    static func prefix(service: String) -> String {
        "OLP_\(shouted(service))_"
    }

    /// `OLP_PARTNERSHIP_LOG_LEVEL` for "partnership" and "log-level".
    static func variable(service: String, key: String) -> String {
        prefix(service: service) + shouted(key)
    }

    private static func shouted(_ name: String) -> String {
        name.uppercased().replacing("-", with: "_")
    }

    init(
        service: String, keys: [any DeclaredKey], environment: [String: String]
    ) throws(ConfigurationProblem) {
        let prefix = Self.prefix(service: service)
        let names = Dictionary(
            uniqueKeysWithValues: (keys.map(\.name) + ["config"]).map {
                (Self.variable(service: service, key: $0), $0)
            })
        for (variable, value) in environment.sorted(by: { $0.key < $1.key }) where variable.hasPrefix(prefix) {
            guard let name = names[variable] else {
                throw ConfigurationProblem(.environment(variable), Self.unknown(variable, names.keys.sorted()))
            }
            guard !value.isEmpty else { continue }
            if name == "config" { configurationFile = value } else { values[name] = value }
        }
    }

    private static func unknown(_ variable: String, _ known: [String]) -> String {
        // A cluster sets such variables by itself for a service of the same name.
        let isServiceLink = variable.contains("_SERVICE_") || variable.contains("_PORT_")
        let hint = isServiceLink ? "; if the cluster set it, turn enableServiceLinks off" : ""
        return "unknown variable\(Nearest.question(variable, among: known))\(hint)"
    }
}

extension ConfigurationKey {
    /// The variable by which a service of this name gets it.
    package func variable(of service: String) -> String { EnvironmentReader.variable(service: service, key: name) }
}
