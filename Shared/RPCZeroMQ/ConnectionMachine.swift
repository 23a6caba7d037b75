import RPC

/// The life of a client's connection to one replica, without sockets and clocks: what happens goes in, what is to be
/// done comes out. Instants are nanoseconds on any monotonic clock.
struct ConnectionMachine: Hashable {
    enum State: Hashable {
        /// No socket. The next call dials.
        case idle
        /// A socket tries to connect.
        case connecting
        /// Connected; HELLO was sent.
        case greeting
        /// Calls go out.
        case ready
        /// The server takes no more calls; open ones go on.
        case draining
        /// The last attempt failed; no socket until `redial`.
        case backingOff
        /// For good.
        case closed
    }

    enum Event: Hashable {
        /// A call or the channel itself wants a connection.
        case wanted
        case connected
        case greeted(pingInterval: Duration)
        /// The peer cannot be talked to, or is not there any more.
        case lost(reason: String)
        case goAway
        /// Anything came from the peer.
        case heard
        /// The timer asked for last has fired.
        case timer
        /// The last open call of a draining connection ended.
        case drained
        case close
    }

    enum Action: Hashable {
        case openSocket
        /// Tell the server that nothing more will come, before the socket is closed.
        case sayGoodbye
        case closeSocket
        case sendHello
        case sendPing
        /// Start the calls that wait.
        case startWaiting
        /// End open calls: whether they were processed is not known.
        case failOpen(reason: String)
        /// End calls that wait and do not insist.
        case failWaiting(reason: String)
        case setTimer(at: UInt64)
        case clearTimer
    }

    /// The first wait after a failure; doubled each time.
    static let firstBackoff = Duration.milliseconds(50)
    /// A known replica is dialled at least this often.
    static let longestBackoff = Duration.seconds(2)
    /// A connection that is not ready after this long has failed.
    static let connectTimeout = Duration.seconds(3)

    private(set) var state = State.idle
    private var backoff = Self.firstBackoff
    private var pingInterval = ConnectionLimits().pingInterval
    private var lastHeard: UInt64 = 0
    /// Why the last attempt failed; for the error of calls that come meanwhile.
    private(set) var lastFailure = "not connected yet"

    /// - Parameter jitter: a random factor of 0.8 to 1.2 for the wait after a failure.
    mutating func handle(_ event: Event, now: UInt64, jitter: Double = 1) -> [Action] {
        switch (state, event) {
        case (.closed, _): return []
        case (_, .close):
            let goodbye: [Action] = isGreeted ? [.sayGoodbye] : []
            state = .closed
            return goodbye + [
                .clearTimer, .closeSocket, .failOpen(reason: "the channel was closed"),
                .failWaiting(reason: "the channel was closed"),
            ]
        case (.idle, .wanted): return dial(now)
        case (.connecting, .connected):
            state = .greeting
            return [.sendHello]
        case (.greeting, .greeted(let interval)):
            state = .ready
            pingInterval = interval
            backoff = Self.firstBackoff
            lastHeard = now
            return [.setTimer(at: now + interval.nanoseconds), .startWaiting]
        case (.ready, .heard), (.draining, .heard):
            lastHeard = now
            return []
        case (.ready, .goAway):
            state = .draining
            return []
        case (.draining, .drained): return [.sayGoodbye] + fail("the server is shutting down", now, jitter)
        case (.connecting, .lost(let reason)), (.greeting, .lost(let reason)), (.ready, .lost(let reason)),
            (.draining, .lost(let reason)):
            return fail(reason, now, jitter)
        case (_, .timer): return timerFired(now, jitter)
        default: return []
        }
    }

    private var isGreeted: Bool { state == .ready || state == .draining }

    private mutating func dial(_ now: UInt64) -> [Action] {
        state = .connecting
        return [.openSocket, .setTimer(at: now + Self.connectTimeout.nanoseconds)]
    }

    private mutating func fail(_ reason: String, _ now: UInt64, _ jitter: Double) -> [Action] {
        state = .backingOff
        lastFailure = reason
        let wait = UInt64(Double(backoff.nanoseconds) * jitter)
        backoff = min(backoff * 2, Self.longestBackoff)
        return [.closeSocket, .failOpen(reason: reason), .failWaiting(reason: reason), .setTimer(at: now + wait)]
    }

    private mutating func timerFired(_ now: UInt64, _ jitter: Double) -> [Action] {
        switch state {
        case .backingOff: return dial(now)
        case .connecting, .greeting: return fail("no answer in time", now, jitter)
        case .ready, .draining:
            let silence = now - min(now, lastHeard)
            if silence >= pingInterval.nanoseconds * UInt64(ConnectionLimits.missedPings) {
                return fail("the server has not answered for a while", now, jitter)
            }
            // However much it hears: the server has to hear of a client that only listens, too.
            return [.sendPing, .setTimer(at: now + pingInterval.nanoseconds)]
        case .idle, .closed: return []
        }
    }
}

extension Duration {
    /// Whole nanoseconds; never negative.
    var nanoseconds: UInt64 {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        let whole = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
        return whole.overflow ? UInt64.max / 4 : min(whole.partialValue + UInt64(attoseconds / 1_000_000_000), .max / 4)
    }
}
