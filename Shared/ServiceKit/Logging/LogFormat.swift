/// How a log line is written.
package enum LogFormat: String, CaseIterable, ConfigurationValue {
    /// For people: time, level, sentence, `key=value` pairs.
    case text
    /// For programs: one JSON object a line.
    case json

    package static var placeholder: String { allCases.map(\.rawValue).joined(separator: "|") }

    package init(configurationText text: String) throws(UnreadableValue) {
        guard let format = LogFormat(rawValue: text) else { throw UnreadableValue("it must be text or json") }
        self = format
    }

    package var configurationText: String { rawValue }
}
