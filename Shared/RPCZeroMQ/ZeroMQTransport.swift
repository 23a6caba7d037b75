package import RPC
import Synchronization
package import ZeroMQ

/// A process's part in the RPC over ZeroMQ: its I/O thread, its servers and its channels.
package final class ZeroMQTransport: Sendable {
    package let identity: ProcessIdentity
    /// Callers that do little besides calls may run on it as their task executor.
    package let thread: IOThread
    private let context: Context
    private let limits: ConnectionLimits
    private let security: SecurityPolicy
    /// Under which the context's authenticator has this process's callers; made with the first server over tcp.
    private let domain = Mutex<String?>(nil)
    private let jitter: @Sendable () -> Double
    private let random: @Sendable (Int) -> Int
    /// Where host names are looked up, once there is one to be.
    private let lookups = Mutex<IOThread?>(nil)

    /// - Parameters:
    ///   - security: of calls over tcp; unless it is given, there are none.
    ///   - jitter: a factor of 0.8 to 1.2 for the waits between connection attempts.
    ///   - random: a random number below its argument, for the choice among replicas.
    package init(
        identity: ProcessIdentity, security: SecurityPolicy = .localOnly, limits: ConnectionLimits = ConnectionLimits(),
        context: Context = .process,
        jitter: @escaping @Sendable () -> Double = { .random(in: 0.8...1.2) },
        random: @escaping @Sendable (Int) -> Int = { .random(in: 0..<$0) }
    ) {
        self.identity = identity
        self.security = security
        self.limits = limits
        self.context = context
        self.jitter = jitter
        self.random = random
        thread = IOThread(name: "rpc-io")
    }

    /// Serves at `endpoint`. An `ipc` path that another process serves would be taken over silently by libzmq: hold the
    /// store's lease before binding.
    ///
    /// Over tcp with CURVE it returns after the server has refused a key made for this. Blocks for some milliseconds.
    /// - Parameter onFault: told, on the I/O thread, of trouble that belongs to no call.
    /// - Throws: ``ZeroMQError``, or ``SecurityProblem`` if the endpoint cannot be served as securely as it has to be.
    package func serve(
        _ server: RPCServer, at endpoint: Endpoint, linger: Duration = .seconds(2),
        onFault: @escaping @Sendable (String) -> Void = { _ in }
    ) throws -> ZeroMQServer {
        let security = try serverSecurity(endpoint)
        let listener = try Listener(
            endpoint, server: server, thread: thread, context: context, identity: identity, limits: limits,
            security: security, linger: linger, onFault: onFault)
        let bound = try listener.boundEndpoint()
        if case .server(let own, _) = security.socket {
            // The listener reads nothing yet: whoever might get in by mistake is not answered.
            try SecuritySelfTest.run(at: Endpoint(bound), server: own.publicKey, in: context)
        }
        let confined = Confined(listener, to: thread)
        confined.submit { listener in
            listener.own = confined
            listener.startListening()
        }
        return ZeroMQServer(confined, endpoint: bound)
    }

    /// A channel to the services at `endpoint`.
    /// - Parameter service: whose keys the other end must have, by the policy's list. Needed over tcp with CURVE.
    /// - Throws: if the connection cannot be as secure as it has to be.
    package func channel(to endpoint: Endpoint, service: String? = nil) throws(SecurityProblem) -> ZeroMQChannel {
        try channel(to: .replicas([endpoint]), service: service)
    }

    /// A channel to a target's services.
    package func channel(
        to target: Target, service: String? = nil, policy: BalancingPolicy = .standard
    ) throws(SecurityProblem) -> ZeroMQChannel {
        switch target {
        case .replicas(let endpoints): for endpoint in endpoints { _ = try dialSecurity(endpoint, service) }
        case .dns(let host, let port): _ = try dialSecurity(Endpoint(tcp: host, port: port), service)
        // What the file names is looked at when it is read.
        case .file: break
        }
        return channel(to: target, service: service, policy: policy, resolver: resolver(of: target))
    }

    /// - Parameter resolver: says who the target's replicas are, instead of what the target's own kind does.
    func channel(
        to target: Target, service: String? = nil, policy: BalancingPolicy, resolver: any Resolver
    ) -> ZeroMQChannel {
        let core = ChannelCore(
            to: "\(target)", resolver, policy,
            ChannelCore.Making(
                thread: thread, context: context, identity: identity, limits: limits, jitter: jitter, random: random,
                security: { [self] endpoint throws(SecurityProblem) in try dialSecurity(endpoint, service) }))
        let confined = Confined(core, to: thread)
        confined.submit { $0.open(confined) }
        return ZeroMQChannel(confined, limits)
    }

    private func resolver(of target: Target) -> any Resolver {
        switch target {
        case .replicas(let endpoints): StaticResolver(endpoints.map(\.description))
        case .file(let path): FileResolver(path, on: thread)
        case .dns(let host, let port): DNSResolver(host: host, port: port, on: thread, asking: lookupThread)
        }
    }

    private var lookupThread: IOThread {
        lookups.withLock { lookups in
            let thread = lookups ?? IOThread(name: "rpc-dns")
            lookups = thread
            return thread
        }
    }

    /// Ends the I/O thread. Servers and channels must have been stopped; blocks until the thread has ended.
    package func shutDown() {
        thread.stop()
        lookups.withLock { $0.take() }?.stop()
        if let name = domain.withLock({ $0.take() }) { try? context.authenticator().closeDomain(name) }
    }

    // MARK: Security

    private func serverSecurity(_ endpoint: Endpoint) throws -> ServerSecurity {
        guard endpoint.scheme == .tcp else { return .none }
        switch security {
        case .localOnly: throw Self.plain(endpoint)
        case .plainTCP: return .none
        case .curve(_, nil, _):
            throw SecurityProblem("\(endpoint) cannot be served: there is no list of those who may call.")
        case .curve(let own, let callers?, _):
            let domain = try domain.withLock { domain in
                if let domain { return domain }
                let new = try context.authenticator().openDomain(callers)
                domain = new
                return new
            }
            return ServerSecurity(socket: .server(own: own, domain: domain), callers: callers)
        }
    }

    private func dialSecurity(_ endpoint: Endpoint, _ service: String?) throws(SecurityProblem) -> DialSecurity {
        guard endpoint.scheme == .tcp else { return DialSecurity() }
        switch security {
        case .localOnly: throw Self.plain(endpoint)
        case .plainTCP: return DialSecurity()
        case .curve(let own, _, let services):
            guard let services, let service else {
                throw SecurityProblem("\(endpoint) cannot be called: it is not said whose key its service must have.")
            }
            guard !services.current().keys(of: service).isEmpty else {
                throw SecurityProblem("\(endpoint) cannot be called: \(services.path) has no key of \(service).")
            }
            return DialSecurity(own: own, services: services, name: service)
        }
    }

    private static func plain(_ endpoint: Endpoint) -> SecurityProblem {
        SecurityProblem(
            "\(endpoint) would be neither encrypted nor asked who it is. Give keys, or ask for plain tcp by name.")
    }
}
