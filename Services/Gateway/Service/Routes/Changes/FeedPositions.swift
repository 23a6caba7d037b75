import Sodium

/// How far the followed feeds were read, as one text: the id of an event, from which a reader who comes back goes on.
///
/// ```
/// 1.ZW5yb2xtZW50PTVmMGM5YTdiZTJkNDFjNjMtMTA0Mi05YmUwMWYyMg
/// ```
///
/// Behind the version it is Base64 of a line for each service: its name, "=", and a position of its feed.
struct FeedPositions: Hashable, Sendable {
    private static let version = "1."
    private static let maximumBytes = 2048

    private var positions: [PeerService: String] = [:]

    init() {}

    init(_ text: String) throws(Problem) {
        guard text.hasPrefix(Self.version), text.utf8.count <= Self.maximumBytes,
            let bytes = Base64URL.bytes(String(text.dropFirst(Self.version.count))),
            let lines = String(validating: bytes, as: UTF8.self)
        else { throw Self.unreadable }
        for line in lines.split(separator: "\n") {
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, let service = PeerService(rawValue: String(parts[0])) else { throw Self.unreadable }
            positions[service] = String(parts[1])
        }
    }

    private static let unreadable = Problem(
        .malformedRequest,
        "This is not the id of an event of this stream. Leave Last-Event-ID and after out to hear what comes from now on.")

    /// The position after the last event; nil for a feed that was not reached yet.
    subscript(service: PeerService) -> String? {
        get { positions[service] }
        set { positions[service] = newValue }
    }

    var text: String {
        let lines = PeerService.allCases.compactMap { service in
            positions[service].map { "\(service.rawValue)=\($0)" }
        }
        return Self.version + Base64URL.text(Array(lines.joined(separator: "\n").utf8))
    }
}
