package import ZeroMQ

/// What a channel leads to: replicas that are known, or where it is written who they are.
package enum Target: Hashable, Sendable, CustomStringConvertible {
    case replicas([Endpoint])
    /// A file with one endpoint a line.
    case file(String)
    /// Every address of a host name.
    case dns(host: String, port: UInt16)

    /// Replicas of one target; more are a mistake.
    package static let maximumReplicas = 256

    /// Reads a target as people write it: an endpoint or several with commas, `file:///path` or `dns:///host:port`.
    /// - Throws: what is wrong with it.
    package init(_ text: String) throws(Endpoint.Problem) {
        if let path = Self.rest(of: text, after: "file://") {
            guard path.hasPrefix("/") else {
                throw Endpoint.Problem(text: text, reason: "the path must be absolute, as in file:///run/olp/enrolment")
            }
            self = .file(path)
        } else if let name = Self.rest(of: text, after: "dns:///") {
            guard let colon = name.lastIndex(of: ":"), colon > name.startIndex,
                let port = UInt16(name[name.index(after: colon)...]), port > 0
            else { throw Endpoint.Problem(text: text, reason: "it needs host and port, as in dns:///enrolment:7401") }
            self = .dns(host: String(name[..<colon]), port: port)
        } else {
            self = .replicas(try Self.endpoints(text.split(separator: ",").map { $0.trimmed }, in: text))
        }
    }

    /// The replicas that a file names.
    /// - Throws: the line that is no endpoint.
    static func endpoints(inFile contents: String) throws(Endpoint.Problem) -> [Endpoint] {
        let lines = contents.split(whereSeparator: \.isNewline).map { line in
            line.prefix { $0 != "#" }.trimmed
        }
        return try endpoints(lines.filter { !$0.isEmpty }, in: "")
    }

    private static func endpoints(_ texts: [String], in whole: String) throws(Endpoint.Problem) -> [Endpoint] {
        var result: [Endpoint] = []
        for text in texts {
            let endpoint = try Endpoint(text)
            if !result.contains(endpoint) { result.append(endpoint) }
        }
        guard result.count <= maximumReplicas else {
            throw Endpoint.Problem(text: whole, reason: "at most \(maximumReplicas) replicas are called by one channel")
        }
        return result
    }

    private static func rest(of text: String, after prefix: String) -> String? {
        text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : nil
    }

    /// Whether it is known already that calls go over tcp. What a file names is seen when it is read.
    package var leavesTheMachine: Bool {
        switch self {
        case .replicas(let endpoints): endpoints.contains { $0.scheme == .tcp }
        case .dns: true
        case .file: false
        }
    }

    package var description: String {
        switch self {
        case .replicas(let endpoints): endpoints.map(\.description).joined(separator: ",")
        case .file(let path): "file://\(path)"
        case .dns(let host, let port): "dns:///\(host):\(port)"
        }
    }
}

extension Substring {
    /// Without the spaces and tabs at both ends.
    fileprivate var trimmed: String {
        func isSpace(_ character: Character) -> Bool { character == " " || character == "\t" }
        let start = drop(while: isSpace)
        return String(start[..<(start.lastIndex { !isSpace($0) }.map(start.index(after:)) ?? start.startIndex)])
    }
}
