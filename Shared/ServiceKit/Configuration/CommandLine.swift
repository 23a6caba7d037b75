/// What was typed after the program's name.
///
/// Every key takes a value, as `--key value` or `--key=value`. Nothing else is accepted but the words of ``Request``.
struct CommandLineReader {
    /// What the process is asked to do. Raw values are the flags that ask for it.
    enum Request: String, CaseIterable {
        /// Without a flag.
        case run = ""
        case help
        case version
        /// Read the configuration, say whether it can be used, and end.
        case checkConfiguration = "check-config"
        /// Bring the store up to date, and end.
        case migrate = "migrate-only"
        /// Ask the process that runs with this configuration whether it is ready, and end.
        case probe
    }

    private(set) var request = Request.run
    /// The file named by `--config`.
    private(set) var configurationFile: String?
    /// Values by key name.
    private(set) var values: [String: String] = [:]

    init(_ arguments: [String], keys: [any DeclaredKey]) throws(ConfigurationProblem) {
        let names = keys.map(\.name) + ["config"]
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            if let asked = Self.request(argument) { request = asked } else { try read(argument, &rest, names) }
        }
    }

    private static func request(_ argument: String) -> Request? {
        if argument == "-h" { return .help }
        guard argument.hasPrefix("--"), argument.count > 2 else { return nil }
        return Request(rawValue: String(argument.dropFirst(2)))
    }

    private mutating func read(
        _ argument: String, _ rest: inout ArraySlice<String>, _ names: [String]
    ) throws(ConfigurationProblem) {
        guard argument.hasPrefix("--"), argument.count > 2 else {
            throw ConfigurationProblem(
                .commandLine, "\"\(argument)\" is not a flag; write --key value, or --help for the list of keys")
        }
        let flag = argument.dropFirst(2)
        let separator = flag.firstIndex(of: "=")
        let name = String(flag[..<(separator ?? flag.endIndex)])
        guard names.contains(name) else {
            let words = names + Request.allCases.map(\.rawValue)
            throw ConfigurationProblem(
                .commandLine, "unknown flag --\(name)\(Nearest.question(name, among: words, prefix: "--"))")
        }
        let value: String
        if let separator {
            value = String(flag[flag.index(after: separator)...])
        } else if let next = rest.popFirst() {
            value = next
        } else {
            throw ConfigurationProblem(.commandLine, "--\(name) needs a value")
        }
        let isSecondTime = name == "config" ? configurationFile != nil : values[name] != nil
        guard !isSecondTime else { throw ConfigurationProblem(.commandLine, "--\(name) is given twice") }
        if name == "config" { configurationFile = value } else { values[name] = value }
    }
}
