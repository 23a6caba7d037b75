import Synchronization

/// Decides who may connect to the CURVE servers of a context: one for each context, on a thread of its own.
///
/// libzmq asks it for every client that shakes hands. It answers from the list of the server's domain; a domain that has
/// none lets nobody in.
package final class Authenticator: Sendable {
    /// Where libzmq looks for it.
    private static let endpoint = Endpoint(inproc: "zeromq.zap.01")
    private static let counter = Atomic<Int>(0)

    private let thread: IOThread
    private let handler: Confined<Handler>
    private let lists = Lists()

    /// Starts it. A context's second one fails with `addressInUse`.
    init(in context: Context) throws(ZeroMQError) {
        let socket = try Socket(.router, in: context)
        try socket.bind(Self.endpoint)
        let descriptor = try socket.fileDescriptor()
        thread = IOThread(name: "zap")
        handler = Confined(Handler(socket, lists), to: thread)
        handler.submit { [thread] handler in handler.registration = thread.add(handler, descriptor: descriptor) }
    }

    /// A domain of its own for one group of servers, which lets in whom `list` names.
    package func openDomain(_ list: KeyListFile) -> String {
        let name = "olp-\(Self.counter.add(1, ordering: .relaxed).newValue)"
        lists.byDomain.withLock { $0[name] = list }
        return name
    }

    /// Nobody is let into the domain any more.
    package func closeDomain(_ name: String) { lists.byDomain.withLock { $0[name] = nil } }

    /// Ends its thread. From then on nobody is let in.
    func stop() {
        handler.submit { [thread] handler in handler.registration.take().map(thread.remove) }
        thread.stop()
    }

    private final class Lists: Sendable {
        let byDomain = Mutex<[String: KeyListFile]>([:])

        func name(of request: AuthenticationRequest) -> String? {
            guard let key = request.key else { return nil }
            return byDomain.withLock { $0[request.domain] }?.current().name(of: key)
        }
    }

    /// The socket that is asked.
    private final class Handler: IOThread.Source {
        private let socket: Socket
        private let lists: Lists
        var registration: IOThread.Registration?

        init(_ socket: consuming sending Socket, _ lists: Lists) {
            self.socket = socket
            self.lists = lists
        }

        func drain() -> Bool {
            // An error means that the context is shutting down: there is nobody left to let in.
            while let frames = try? socket.receiveAll() {
                guard let asker = frames.first, let request = AuthenticationRequest(frames.dropFirst()) else { continue }
                let answer = request.answer(lists.name(of: request)).map(Frame.init(copying:))
                // A client that has gone meanwhile needs no answer.
                _ = try? socket.sendAll([asker] + answer)
            }
            return false
        }
    }
}
