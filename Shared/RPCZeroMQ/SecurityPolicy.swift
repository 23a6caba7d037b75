package import ZeroMQ

/// How a process's calls over tcp are secured. Calls over ipc are guarded by the rights of the socket's file.
package enum SecurityPolicy: Sendable {
    /// Calls stay on this machine: tcp is refused.
    case localOnly
    /// Over tcp anybody may call and listen in. Said by name only, for networks that nobody else is on.
    case plainTCP
    /// Over tcp with CURVE: encrypted, and both ends know each other.
    /// - Parameters:
    ///   - own: the process's own keys.
    ///   - callers: who may call it; nil: it serves nothing over tcp.
    ///   - services: the keys of the services that it calls; nil: it calls none over tcp.
    case curve(own: CurveKeyPair, callers: KeyListFile?, services: KeyListFile?)
}

/// What a bound socket is secured with, and who may be served by it.
struct ServerSecurity {
    let socket: TransportSecurity
    /// Nil: whoever reaches the socket.
    let callers: KeyListFile?

    static let none = ServerSecurity(socket: .none, callers: nil)

    /// Who holds a connection that greets; nil if they may not be served (any more).
    func name(of sender: AuthenticatedPeer?, else claimed: String) -> String? {
        guard callers != nil else { return claimed }
        return sender.flatMap { admits($0) ? $0.name : nil }
    }

    private func admits(_ sender: AuthenticatedPeer) -> Bool { callers?.current().name(of: sender.key) == sender.name }

    /// Of these, those who may not be served any more. Looks at the list once.
    func dropped<Peers: Sequence<ServerPeer>>(of peers: Peers) -> [ServerPeer] {
        guard let list = callers?.current() else { return [] }
        return peers.filter { peer in peer.sender.map { list.name(of: $0.key) != $0.name } ?? false }
    }
}
