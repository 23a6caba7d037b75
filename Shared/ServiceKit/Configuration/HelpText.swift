/// What `--help` prints: how to start the process, every key, and what its exit codes mean.
enum HelpText {
    private static let width = 96

    static func of(_ definition: ServiceDefinition) -> String {
        var lines = [
            "olp-\(definition.name) \(Release.version)",
            definition.summary,
            "",
            "Usage: olp-\(definition.name) [--config FILE] [--KEY VALUE]...",
            "",
            "A key may be given as a flag, as an environment variable or as a line \"key = value\" of the file.",
            "A flag counts before a variable, a variable before the file, the file before the default.",
            "",
            "  --config FILE",
            "      Reads keys from FILE. Variable: \(variable(definition, "config"))",
        ]
        for key in definition.allKeys {
            lines.append("  --\(key.name) \(key.placeholder)")
            lines += wrapped(key.documentation, indent: 6)
            lines += wrapped(remark(key, definition), indent: 6)
        }
        lines += [
            "", "  --check-config", "      Reads the configuration, says whether it can be used, and ends.",
            "  --migrate-only", "      Brings the store up to this release, and ends; calls are not answered.",
            "  --probe",
            "      Asks the process that runs with this configuration whether it is ready, and ends: 0 if so,",
            "      else 69.",
            "  --version", "      Prints the release.", "", "Exit codes:",
        ]
        lines += ExitCode.allCases.map { "  \($0.rawValue)\($0.rawValue < 10 ? " " : "")  \($0.meaning)" }
        return lines.joined(separator: "\n")
    }

    private static func remark(_ key: any DeclaredKey, _ definition: ServiceDefinition) -> String {
        var remark = "Variable: \(variable(definition, key.name))."
        if key.isRequired { remark += " Required." }
        if key.isSecret { remark += " Secret." }
        if let text = key.defaultText, !key.isSecret { remark += " Default: \(text.isEmpty ? "empty" : text)" }
        return remark
    }

    private static func variable(_ definition: ServiceDefinition, _ key: String) -> String {
        EnvironmentReader.variable(service: definition.name, key: key)
    }

    private static func wrapped(_ text: String, indent: Int) -> [String] {
        let margin = String(repeating: " ", count: indent)
        var lines: [String] = []
        var line = margin
        for word in text.split(separator: " ") {
            if line.count > indent, line.count + 1 + word.count > width {
                lines.append(line)
                line = margin
            }
            line += line.count > indent ? " \(word)" : word
        }
        return lines + [line]
    }
}
