package import RPC
package import ZeroMQ

/// A process's part in the RPC over ZeroMQ: its I/O thread, its servers and its channels.
package final class ZeroMQTransport: Sendable {
    package let identity: ProcessIdentity
    /// Callers that do little besides calls may run on it as their task executor.
    package let thread: IOThread
    private let context: Context
    private let limits: ConnectionLimits
    private let jitter: @Sendable () -> Double

    /// - Parameters:
    ///   - jitter: a factor of 0.8 to 1.2 for the waits between connection attempts.
    package init(
        identity: ProcessIdentity, limits: ConnectionLimits = ConnectionLimits(), context: Context = .process,
        jitter: @escaping @Sendable () -> Double = { .random(in: 0.8...1.2) }
    ) {
        self.identity = identity
        self.limits = limits
        self.context = context
        self.jitter = jitter
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
    package func channel(to endpoint: Endpoint) -> ZeroMQChannel {
        let connection = ClientConnection(
            endpoint, thread: thread, context: context, identity: identity, limits: limits, jitter: jitter)
        return ZeroMQChannel(Confined(connection, to: thread))
    }

    /// Ends the I/O thread. Servers and channels must have been stopped; blocks until the thread has ended.
    package func shutDown() { thread.stop() }
}
