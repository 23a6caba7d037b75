/// One server-sent event.
package struct ServerSentEvent: Hashable, Sendable {
    /// What kind it is; "message" where it does not say.
    package var name: String
    package var data: String

    package init(name: String, data: String) {
        self.name = name
        self.data = data
    }
}

/// Reads server-sent events from a stream's pieces, wherever they were cut.
package struct ServerSentEventReader: Sendable {
    /// Bytes of one event; no record is as large.
    package static let maximumBytes = 1 << 20

    private var line: [UInt8] = []
    private var name = ""
    private var data: [String] = []
    private var byteCount = 0

    package init() {}

    /// The events that end in this piece; nil if one is too large, and nothing more can be read.
    package mutating func read(_ piece: [UInt8]) -> [ServerSentEvent]? {
        var events: [ServerSentEvent] = []
        for byte in piece {
            byteCount += 1
            guard byteCount <= Self.maximumBytes else { return nil }
            guard byte == UInt8(ascii: "\n") else {
                line.append(byte)
                continue
            }
            if line.last == UInt8(ascii: "\r") { line.removeLast() }
            if let event = take(String(decoding: line, as: UTF8.self)) { events.append(event) }
            line = []
        }
        return events
    }

    private mutating func take(_ line: String) -> ServerSentEvent? {
        guard !line.isEmpty else {
            defer { (name, data, byteCount) = ("", [], 0) }
            return data.isEmpty
                ? nil : ServerSentEvent(name: name.isEmpty ? "message" : name, data: data.joined(separator: "\n"))
        }
        let colon = line.firstIndex(of: ":") ?? line.endIndex
        var value = line[colon...].dropFirst()
        if value.first == " " { value = value.dropFirst() }
        switch line[..<colon] {
        case "event": name = String(value)
        case "data": data.append(String(value))
        // Comments, ids and pauses are nothing to us.
        default: break
        }
        return nil
    }
}
