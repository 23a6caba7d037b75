package import RPC
package import ZeroMQ

/// Takes every address of a host name for a replica, as a headless service of a cluster has them.
package final class DNSResolver: Resolver {
    package typealias Lookup = @Sendable (_ host: String, _ port: UInt16) throws(HostLookup.Failure) -> [Endpoint]

    /// An answer is looked up again after this long.
    static let interval = Duration.seconds(30)
    /// Looks are at least this far apart, however many connections fail.
    static let shortestInterval = Duration.seconds(5)

    private let host: String
    private let port: UInt16
    private let lookup: Lookup
    private let now: @Sendable () -> UInt64
    private let state: Confined<State>
    private let asking: IOThread

    /// What belongs to the I/O thread.
    private final class State {
        var observer: Observer?
        var timer: LoopTimer?
        var isAsking = false
        /// When the last look began, on the thread's clock; nil: none did.
        var lastLook: UInt64?
    }

    /// - Parameters:
    ///   - asking: where `lookup` may block: a name server can be silent for seconds, which must not hold up `thread`.
    ///   - now: nanoseconds on the clock of `thread`'s timers.
    package init(
        host: String, port: UInt16, on thread: IOThread, asking: IOThread, now: @escaping @Sendable () -> UInt64 = IOThread.clock,
        lookup: @escaping Lookup = HostLookup.endpoints
    ) {
        self.host = host
        self.port = port
        self.lookup = lookup
        self.now = now
        state = Confined(State(), to: thread)
        self.asking = asking
    }

    package func start(_ observer: @escaping Observer) {
        state.submit { [self] state in
            state.observer = observer
            look(state)
        }
    }

    package func lookAgain() {
        state.submit { [self] state in
            guard let last = state.lastLook else { return }
            let earliest = last + Self.shortestInterval.nanoseconds
            if now() >= earliest { look(state) } else { arm(state, at: earliest) }
        }
    }

    package func stop() {
        state.submit { [self] state in
            state.observer = nil
            if let timer = state.timer { self.state.thread.disarm(timer) }
            state.timer = nil
        }
    }

    private func look(_ state: State) {
        guard state.observer != nil, !state.isAsking else { return }
        state.isAsking = true
        state.lastLook = now()
        asking.submit { [lookup, host, port, weak self] in
            let result: Result<[String], RPCError>
            do throws(HostLookup.Failure) {
                result = .success(try lookup(host, port).map(\.description))
            } catch {
                result = .failure(RPCError(.unavailable, "The replicas cannot be looked up: \(error).", isUnprocessed: true))
            }
            self?.state.submit { [weak self] state in self?.found(result, state) }
        }
    }

    private func found(_ result: Result<[String], RPCError>, _ state: State) {
        state.isAsking = false
        arm(state, at: now() + Self.interval.nanoseconds)
        state.observer?(result)
    }

    private func arm(_ state: State, at instant: UInt64) {
        let timer = state.timer ?? LoopTimer { [weak self, weak state] in
            if let self, let state { look(state) }
        }
        state.timer = timer
        self.state.thread.arm(timer, at: instant)
    }
}
