/// Where a database is and how it is reached: `postgres://user:password@host:5432,other/database?sslmode=require`.
/// What libpq takes is taken, but read here, because libpq's own complaints repeat the text with the password in it.
package struct PostgresURL: Hashable, Sendable {
    /// Why a text is no such URL. Never repeats the text itself.
    package struct Problem: Error, Hashable, Sendable, CustomStringConvertible {
        package let description: String
    }

    /// libpq's keywords and their values.
    package private(set) var parameters: [String: String] = [:]
    /// Query items that are not libpq's, such as `schema`; only names that the caller asked for.
    package private(set) var extra: [String: String] = [:]

    /// - Parameter extra: names of query items that are the caller's own.
    package init(_ text: String, extra own: Set<String> = []) throws(Problem) {
        guard let scheme = ["postgres://", "postgresql://"].first(where: text.hasPrefix) else {
            throw Problem(description: "it does not begin with postgres://")
        }
        var rest = text.dropFirst(scheme.count)
        if let hash = rest.firstIndex(of: "#") {
            guard rest[hash...].isEmpty else { throw Problem(description: "it holds a #; write %23 in a name or password") }
        }
        var query: Substring = ""
        if let mark = rest.firstIndex(of: "?") {
            query = rest[rest.index(after: mark)...]
            rest = rest[..<mark]
        }
        // A password may hold an unescaped / or @ by mistake; the last @ before the path is what libpq looks for too.
        var path: Substring = ""
        var authority = rest
        if let slash = rest.firstIndex(of: "/") {
            authority = rest[..<slash]
            path = rest[rest.index(after: slash)...]
        }
        if let at = authority.lastIndex(of: "@") {
            try readUser(authority[..<at])
            authority = authority[authority.index(after: at)...]
        }
        try readHosts(authority)
        guard !path.contains("/") else {
            throw Problem(description: "the database's name holds a /; write %2F, and %2F in a password too")
        }
        if !path.isEmpty { parameters["dbname"] = try Self.decoded(path, "the database's name") }
        try readQuery(query, own: own)
    }

    private mutating func readUser(_ text: Substring) throws(Problem) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        if !parts[0].isEmpty { parameters["user"] = try Self.decoded(parts[0], "the user's name") }
        if parts.count == 2 { parameters["password"] = try Self.decoded(parts[1], "the password") }
    }

    private mutating func readHosts(_ text: Substring) throws(Problem) {
        guard !text.isEmpty else { return }
        var hosts: [String] = []
        var ports: [String] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            var host = part
            var port: Substring = ""
            if part.hasPrefix("[") {
                guard let end = part.firstIndex(of: "]") else {
                    throw Problem(description: "an address in brackets lacks its ]")
                }
                host = part[part.index(after: part.startIndex)..<end]
                let after = part[part.index(after: end)...]
                guard after.isEmpty || after.hasPrefix(":") else {
                    throw Problem(description: "after ] only :PORT may follow")
                }
                port = after.dropFirst()
            } else if let colon = part.lastIndex(of: ":") {
                host = part[..<colon]
                port = part[part.index(after: colon)...]
            }
            guard port.isEmpty || (UInt16(port).map { $0 > 0 } ?? false) else {
                throw Problem(description: "the port of a host is not a number from 1 to 65535")
            }
            hosts.append(try Self.decoded(host, "a host's name"))
            ports.append(String(port))
        }
        guard hosts.count == 1 || !hosts.contains("") else { throw Problem(description: "a host in the list is empty") }
        if hosts != [""] { parameters["host"] = hosts.joined(separator: ",") }
        if ports.contains(where: { !$0.isEmpty }) { parameters["port"] = ports.joined(separator: ",") }
    }

    private mutating func readQuery(_ text: Substring, own: Set<String>) throws(Problem) {
        for item in text.split(separator: "&") {
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(parts[0])
            guard parts.count == 2 else { throw Problem(description: "a setting after ? lacks its =") }
            let isOurs = own.contains(name)
            guard isOurs || Self.keywords.contains(name) else {
                throw Problem(description: Self.isPlain(name)
                    ? "it has the setting \"\(name)\", which does not exist" : "a setting after ? has no good name")
            }
            let value = try Self.decoded(parts[1], name == "password" ? "the password" : "the setting \(name)")
            if isOurs { extra[name] = value } else { parameters[name] = value }
        }
    }

    private static func isPlain(_ name: String) -> Bool {
        name.utf8.count <= 40 && name.allSatisfy { $0.isASCII && ($0.isLetter || $0 == "_" || $0 == "-") }
    }

    private static func decoded(_ text: Substring, _ what: String) throws(Problem) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else {
                throw Problem(description: "\(what) has a % that two hexadecimal digits do not follow; write %25 for a %")
            }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        guard let decoded = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
            throw Problem(description: "\(what) is not UTF-8 text")
        }
        return decoded
    }

    /// What libpq 15 knows, less what would change how the connection is used.
    private static let keywords: Set = [
        "host", "hostaddr", "port", "dbname", "user", "password", "passfile", "channel_binding", "connect_timeout",
        "application_name", "fallback_application_name", "options", "keepalives", "keepalives_idle",
        "keepalives_interval", "keepalives_count", "tcp_user_timeout", "gssencmode", "sslmode", "sslcompression",
        "sslcert", "sslkey", "sslpassword", "sslrootcert", "sslcrl", "sslcrldir", "sslsni", "requirepeer",
        "ssl_min_protocol_version", "ssl_max_protocol_version", "krbsrvname", "gsslib", "service",
        "target_session_attrs",
    ]
}

extension PostgresURL: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Without the password and the settings: `postgres://user@host:5432/database`.
    package var description: String {
        let user = parameters["user"].map { "\($0)@" } ?? ""
        let hosts = (parameters["host"] ?? "").split(separator: ",", omittingEmptySubsequences: false)
        let ports = (parameters["port"] ?? "").split(separator: ",", omittingEmptySubsequences: false)
        let places = hosts.enumerated().map { index, host in
            let port = ports.count == 1 ? ports[0] : index < ports.count ? ports[index] : ""
            return port.isEmpty ? String(host) : "\(host):\(port)"
        }
        return "postgres://\(user)\(places.joined(separator: ","))/\(parameters["dbname"] ?? "")"
    }

    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: ["url": description]) }
}
