import RPC

/// A server's view of one connection, without sockets and clocks.
///
/// libzmq does not say when a connection ends, so silence has to: a client PINGs at the interval that it was told.
struct PeerMachine: Hashable {
    enum State: Hashable {
        /// Nothing but HELLO is taken.
        case awaitingHello
        case ready
        /// Told to go elsewhere; open calls go on.
        case draining
        case dead
    }

    /// What to do with a frame.
    enum Verdict: Hashable {
        case accept
        /// The peer did not begin with HELLO, or speaks another version.
        case refuse
        case ignore
    }

    private(set) var state = State.awaitingHello
    private(set) var lastHeard: UInt64
    private let silenceLimit: UInt64

    init(now: UInt64, pingInterval: Duration) {
        lastHeard = now
        // One interval more than the client allows the server: the client is to give up first.
        silenceLimit = pingInterval.nanoseconds * UInt64(ConnectionLimits.missedPings + 1)
    }

    /// A frame came. - Parameter isHello: that it is a HELLO in a version that is spoken here.
    mutating func heard(isHello: Bool, now: UInt64) -> Verdict {
        lastHeard = now
        switch state {
        case .awaitingHello:
            guard isHello else { return .refuse }
            state = .ready
            return .accept
        case .ready, .draining: return .accept
        case .dead: return .ignore
        }
    }

    mutating func drain() { if state == .ready { state = .draining } }

    /// Whether the peer has been silent for too long; it is dead from then on.
    mutating func isOverdue(now: UInt64) -> Bool {
        guard state != .dead, now - min(now, lastHeard) > silenceLimit else { return false }
        state = .dead
        return true
    }

    mutating func unreachable() { state = .dead }
}
