/// Where a socket binds or connects: `ipc:///path` or `tcp://host:port`.
///
/// Other transports of libzmq are refused here: `ws`, `udp` and the rest are compiled into Debian's build
/// and would be served without anybody having meant it.
package struct Endpoint: Hashable, Sendable, CustomStringConvertible {
    package enum Scheme: String, Sendable {
        case ipc, tcp, inproc
    }

    /// A local socket's path is cut off by the kernel after this many bytes.
    package static let maximumPathBytes = 107

    package let scheme: Scheme
    /// Path, `host:port` or name.
    package let address: String

    package var description: String { "\(scheme.rawValue)://\(address)" }

    /// Reads an endpoint as people write it.
    /// - Throws: ``Problem`` saying what is wrong with it.
    package init(_ text: String) throws(Problem) {
        guard let separator = text.firstRange(of: "://") else {
            throw Problem(text: text, reason: "it needs a scheme, as in ipc:///run/olp/partnership or tcp://127.0.0.1:7001")
        }
        guard let scheme = Scheme(rawValue: String(text[..<separator.lowerBound])) else {
            throw Problem(text: text, reason: "only ipc:// and tcp:// are served")
        }
        self.scheme = scheme
        address = String(text[separator.upperBound...])
        switch scheme {
        case .ipc: try Self.checkPath(address, text)
        case .tcp: try Self.checkHostAndPort(address, text)
        case .inproc: throw Problem(text: text, reason: "only ipc:// and tcp:// are served")
        }
    }

    /// An endpoint on another host.
    package init(tcp host: String, port: UInt16) {
        scheme = .tcp
        address = "\(host):\(port)"
    }

    /// An endpoint inside this process.
    init(inproc name: String) {
        scheme = .inproc
        address = name
    }

    private static func checkPath(_ path: String, _ text: String) throws(Problem) {
        guard path.hasPrefix("/") else { throw Problem(text: text, reason: "the path must be absolute") }
        guard path.utf8.count <= maximumPathBytes else {
            throw Problem(
                text: text,
                reason: "the path has \(path.utf8.count) bytes and the kernel takes \(maximumPathBytes); use a shorter folder")
        }
    }

    private static func checkHostAndPort(_ address: String, _ text: String) throws(Problem) {
        guard let colon = address.lastIndex(of: ":"), colon != address.startIndex else {
            throw Problem(text: text, reason: "it needs host:port")
        }
        let port = address[address.index(after: colon)...]
        guard port == "*" || UInt16(port) != nil else {
            throw Problem(text: text, reason: "the port must be 0 to 65535, or * for any free one")
        }
    }

    /// An endpoint that cannot be used, and why.
    package struct Problem: Error, Hashable, Sendable, CustomStringConvertible {
        package let text: String
        package let reason: String
        package init(text: String, reason: String) {
            self.text = text
            self.reason = reason
        }

        package var description: String { "endpoint \"\(text)\": \(reason)" }
    }
}
