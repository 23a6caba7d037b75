internal import CZeroMQ
import Synchronization

/// A libzmq context: its I/O thread and the sockets made in it. One for each process.
///
/// Several contexts with CURVE crash at exit in libzmq 4.3.4 (its issue 4242), hence `process`.
@safe
package final class Context: @unchecked Sendable {
    // Invariant: `handle` is set once and libzmq's context functions may be called from any thread; `guardian` is a mutex.
    let handle: UnsafeMutableRawPointer
    private let guardian = Mutex<Authenticator?>(nil)

    /// Sockets that may be open at once; a connection takes two, its monitor being one.
    package static let maximumSockets: Int32 = 8192

    /// The process's one context.
    package static let process = Context()

    package init() {
        guard let handle = unsafe zmq_ctx_new() else { preconditionFailure("libzmq could not make a context") }
        unsafe self.handle = handle
        unsafe zmq_ctx_set(handle, ZMQ_MAX_SOCKETS, Self.maximumSockets)
    }

    /// Who decides which clients are let in; started with the first question for it. To be had before a server binds.
    package func authenticator() throws(ZeroMQError) -> Authenticator {
        try guardian.withLock { guardian throws(ZeroMQError) in
            if let guardian { return guardian }
            let new = try Authenticator(in: self)
            guardian = new
            return new
        }
    }

    deinit {
        guardian.withLock { $0.take() }?.stop()
        // A context with open sockets would block here; whoever drops one has closed its sockets.
        unsafe zmq_ctx_shutdown(handle)
        unsafe zmq_ctx_term(handle)
    }
}
