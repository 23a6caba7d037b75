/// How a socket's connections are secured. Set before it binds or connects; both ends must agree, there is no falling back.
package enum TransportSecurity: Sendable {
    /// Anybody who reaches the socket, and nothing is hidden from whoever listens in.
    case none
    /// CURVE, dialling: only a server that holds the secret key of `server` is talked to.
    case client(server: CurveKey, own: CurveKeyPair)
    /// CURVE, answering: only clients that the list of `domain` names are let in, and nobody while the context has no
    /// ``Authenticator``.
    case server(own: CurveKeyPair, domain: String)
}

/// Security that cannot be had as it was asked for: what is wrong, and what to do.
package struct SecurityProblem: Error, Hashable, Sendable, CustomStringConvertible {
    package let message: String
    package var description: String { message }

    package init(_ message: String) { self.message = message }
}
