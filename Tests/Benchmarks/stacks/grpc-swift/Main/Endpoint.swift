import GRPCCore
import GRPCNIOTransportHTTP2Posix

/// `tcp://host:port` or `ipc:///path`, as the other stacks are given it.
struct Endpoint {
    private let scheme: Substring
    private let rest: String

    init(_ text: String) {
        let separator = text.firstRange(of: "://") ?? text.startIndex..<text.startIndex
        scheme = text[..<separator.lowerBound]
        rest = String(text[separator.upperBound...])
    }

    private var hostAndPort: (String, Int) {
        let parts = rest.split(separator: ":")
        return (String(parts.first ?? ""), parts.last.flatMap { Int($0) } ?? 0)
    }

    var address: SocketAddress {
        if scheme == "ipc" { return .unixDomainSocket(path: rest) }
        let (host, port) = hostAndPort
        return .ipv4(host: host, port: port)
    }

    var target: any ResolvableTarget {
        if scheme == "ipc" { return ResolvableTargets.UnixDomainSocket.unixDomainSocket(path: rest) }
        let (host, port) = hostAndPort
        return ResolvableTargets.IPv4.ipv4(address: host, port: port)
    }
}
