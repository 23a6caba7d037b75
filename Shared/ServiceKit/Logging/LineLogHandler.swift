package import Logging
package import Values

/// Writes each event as one line: what happened as a stable sentence, everything that varies as metadata.
package struct LineLogHandler: LogHandler {
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    package var logLevel: Logger.Level

    private let service: String
    private let format: LogFormat
    private let clock: any WallClock
    private let write: @Sendable ([UInt8]) -> Void

    /// - Parameter write: takes one whole line with its newline; called from any thread.
    package init(
        service: String, level: Logger.Level, format: LogFormat, clock: any WallClock,
        write: @escaping @Sendable ([UInt8]) -> Void
    ) {
        self.service = service
        logLevel = level
        self.format = format
        self.clock = clock
        self.write = write
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var fields = metadata
        if let provided = metadataProvider?.get() { fields.merge(provided) { $1 } }
        if let own = event.metadata { fields.merge(own) { $1 } }
        if let error = event.error { fields["error.message"] = "\(error)" }
        let line =
            switch format {
            case .json: jsonLine(event, fields)
            case .text: textLine(event, fields)
            }
        write(Array(line.utf8))
    }

    private func jsonLine(_ event: LogEvent, _ fields: Logger.Metadata) -> String {
        var line = JSONLine()
        line.add("time", clock.now().rfc3339)
        line.add("level", event.level.rawValue)
        line.add("service", service)
        line.add("message", event.message.description)
        for (key, value) in fields.sorted(by: { $0.key < $1.key }) {
            // A key of ours wins: a line without its level or time could not be found again.
            line.add(JSONLine.reserved.contains(key) ? "field.\(key)" : key, value)
        }
        return line.finished
    }

    private func textLine(_ event: LogEvent, _ fields: Logger.Metadata) -> String {
        let level = event.level.rawValue
        let padding = String(repeating: " ", count: max(0, 8 - level.count))
        var line = "\(clock.now().rfc3339) \(level)\(padding) \(Self.oneLine(event.message.description))"
        for (key, value) in fields.sorted(by: { $0.key < $1.key }) {
            let text = Self.oneLine(value.description)
            let isPlain = !text.isEmpty && !text.contains { $0 == " " || $0 == "\"" || $0 == "=" }
            line += isPlain ? " \(key)=\(text)" : " \(key)=\"\(text.replacing("\"", with: "\\\""))\""
        }
        return line + "\n"
    }

    /// The text without anything that could begin another line or move a terminal's cursor.
    private static func oneLine(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where scalar.properties.generalCategory == .control:
                result += "\\u{\(String(scalar.value, radix: 16))}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
