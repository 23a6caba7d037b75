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
    private let jitter: @Sendable () -> Double
    private let random: @Sendable (Int) -> Int
    /// Where host names are looked up, once there is one to be.
    private let lookups = Mutex<IOThread?>(nil)

    /// - Parameters:
    ///   - jitter: a factor of 0.8 to 1.2 for the waits between connection attempts.
    ///   - random: a random number below its argument, for the choice among replicas.
    package init(
        identity: ProcessIdentity, limits: ConnectionLimits = ConnectionLimits(), context: Context = .process,
        jitter: @escaping @Sendable () -> Double = { .random(in: 0.8...1.2) },
        random: @escaping @Sendable (Int) -> Int = { .random(in: 0..<$0) }
    ) {
        self.identity = identity
        self.limits = limits
        self.context = context
        self.jitter = jitter
        self.random = random
        thread = IOThread(name: "rpc-io")
    }

    /// Serves at `endpoint`. An `ipc` path that another process serves would be taken over silently by libzmq: hold the
    /// store's lease before binding.
    /// - Parameter onFault: told, on the I/O thread, of trouble that belongs to no call.
    package func serve(
        _ server: RPCServer, at endpoint: Endpoint, linger: Duration = .seconds(2),
        onFault: @escaping @Sendable (String) -> Void = { _ in }
    ) throws(ZeroMQError) -> ZeroMQServer {
        let listener = try Listener(
            endpoint, server: server, thread: thread, context: context, identity: identity, limits: limits,
            linger: linger, onFault: onFault)
        let bound = try listener.boundEndpoint()
        let confined = Confined(listener, to: thread)
        confined.submit { listener in
            listener.own = confined
            listener.startListening()
        }
        return ZeroMQServer(confined, endpoint: bound)
    }

    /// A channel to the services at `endpoint`.
    package func channel(to endpoint: Endpoint) -> ZeroMQChannel { channel(to: .replicas([endpoint])) }

    /// A channel to a target's services.
    package func channel(to target: Target, policy: BalancingPolicy = .standard) -> ZeroMQChannel {
        channel(to: target, policy: policy, resolver: resolver(of: target))
    }

    /// - Parameter resolver: says who the target's replicas are, instead of what the target's own kind does.
    func channel(to target: Target, policy: BalancingPolicy, resolver: any Resolver) -> ZeroMQChannel {
        let core = ChannelCore(
            to: "\(target)", resolver, policy,
            ChannelCore.Making(
                thread: thread, context: context, identity: identity, limits: limits, jitter: jitter, random: random))
        let confined = Confined(core, to: thread)
        confined.submit { $0.open(confined) }
        return ZeroMQChannel(confined, maximumMessageBytes: limits.maximumMessageBytes)
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
    }
}
