/// A server: where connections go, and what goes into the Host field. Plain HTTP only.
package struct HTTPOrigin: Hashable, Sendable, CustomStringConvertible {
    package let host: String
    package let port: Int

    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// Reads `http://host[:port][/]`, with brackets round an IPv6 address; nil if it is anything else.
    package init?(url: String) {
        guard url.hasPrefix("http://") else { return nil }
        var rest = url.dropFirst("http://".count)
        if rest.hasSuffix("/") { rest = rest.dropLast() }
        guard !rest.isEmpty, !rest.contains(where: { "/?#@ ".contains($0) }) else { return nil }
        var host = rest
        var port = 80
        let afterAddress = rest.lastIndex(of: "]").map(rest.index(after:)) ?? rest.startIndex
        if let colon = rest[afterAddress...].lastIndex(of: ":") {
            guard let number = Int(rest[rest.index(after: colon)...]), 1...65_535 ~= number else { return nil }
            port = number
            host = rest[..<colon]
        }
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        guard !host.isEmpty else { return nil }
        self.init(host: String(host), port: port)
    }

    /// `http://127.0.0.1:8080`.
    package var description: String { "http://\(authority)" }

    var authority: String { (host.contains(":") ? "[\(host)]" : host) + ":\(port)" }
}
