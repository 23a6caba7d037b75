/// The values of all declared keys, read once at start.
///
/// For each key the first source that has it counts: flags, then environment, then the file, then the default.
/// An empty environment variable counts as not set, so that `${X:-}` in a compose file means "the default".
package struct Configuration: Sendable {
    private let values: [String: any Sendable]
    /// Names of the keys that some source gave.
    package let given: Set<String>

    /// Value of a key that the service declared; asking for any other is a mistake in the program.
    package subscript<Value: Sendable>(_ key: ConfigurationKey<Value>) -> Value {
        guard let value = values[key.name] as? Value else {
            preconditionFailure("configuration key \"\(key.name)\" is not declared by this service")
        }
        return value
    }

    /// Reads flags, environment and file.
    /// - Parameters:
    ///   - service: Name such as "training-events"; the prefix of its variables is made from it.
    ///   - readFile: Text of the file at a path.
    init(
        service: String, keys: [any DeclaredKey], commandLine: CommandLineReader, environment: [String: String],
        readFile: (String) throws(ConfigurationProblem) -> String
    ) throws(ConfigurationProblem) {
        let variables = try EnvironmentReader(service: service, keys: keys, environment: environment)
        var file: ConfigurationFile?
        if let path = commandLine.configurationFile ?? variables.configurationFile {
            file = try ConfigurationFile(text: readFile(path), path: path, keys: keys)
        }
        var values: [String: any Sendable] = [:]
        var given: Set<String> = []
        for key in keys {
            if let text = commandLine.values[key.name] {
                values[key.name] = try Self.value(of: key, text, .commandLine)
            } else if let text = variables.values[key.name] {
                let name = EnvironmentReader.variable(service: service, key: key.name)
                values[key.name] = try Self.value(of: key, text, .environment(name))
            } else if let entry = file?.entries[key.name] {
                values[key.name] = try Self.value(
                    of: key, entry.value, .file(path: file?.path ?? "", line: entry.line))
            } else if let value = key.defaultValue {
                values[key.name] = value
                continue
            } else {
                throw ConfigurationProblem(.missing, Self.missing(key, service))
            }
            given.insert(key.name)
        }
        self.values = values
        self.given = given
    }

    private static func value(
        of key: any DeclaredKey, _ text: String, _ place: ConfigurationProblem.Place
    ) throws(ConfigurationProblem) -> any Sendable {
        do {
            return try key.check(text)
        } catch {
            let shown = key.isSecret ? "" : " \"\(text)\""
            let name = place == .commandLine ? "--\(key.name)" : key.name
            throw ConfigurationProblem(place, "\(name)\(shown) cannot be used: \(error.expectation)")
        }
    }

    private static func missing(_ key: any DeclaredKey, _ service: String) -> String {
        let variable = EnvironmentReader.variable(service: service, key: key.name)
        return "\(key.name) is not configured. \(key.documentation) "
            + "Give --\(key.name), \(variable), or a line \"\(key.name) = …\" in the file."
    }
}
