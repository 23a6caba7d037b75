internal import CZeroMQ
import Glibc

/// A call of libzmq that failed for a reason the caller can act on.
///
/// `EINTR` is retried and `EAGAIN` is an ordinary result; neither ever shows here.
package struct ZeroMQError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What went wrong, by libzmq's own errors.
    package enum Code: Hashable, Sendable {
        /// Another socket holds the address.
        case addressInUse
        /// The address names no interface or folder of this machine.
        case addressNotAvailable
        /// The process may not use the address.
        case permissionDenied
        /// An argument or option that this build of libzmq does not take.
        case invalid
        /// No more sockets: raise the context's limit or close some.
        case tooManySockets
        /// No key of the other end is known, so nobody would know who it is.
        case untrusted
        /// The context is shutting down.
        case terminated
        /// Any other error number.
        case other(Int32)
    }

    package let code: Code
    /// The function of libzmq and what it was used on, as in "bind ipc:///run/olp/partnership".
    package let operation: String

    package init(code: Code, operation: String) {
        self.code = code
        self.operation = operation
    }

    /// Reads the error number of the calling thread; must follow the failed call directly.
    static func current(_ operation: @autoclosure () -> String) -> ZeroMQError {
        let number = zmq_errno()
        let code: Code =
            switch number {
            case EADDRINUSE: .addressInUse
            case EADDRNOTAVAIL, ENODEV, ENOENT: .addressNotAvailable
            case EACCES, EPERM: .permissionDenied
            case EINVAL, EPROTONOSUPPORT: .invalid
            case EMFILE: .tooManySockets
            case Int32(ETERM): .terminated
            default: .other(number)
            }
        return ZeroMQError(code: code, operation: operation())
    }

    package var description: String {
        let reason =
            switch code {
            case .addressInUse: "the address is in use by another process or socket"
            case .addressNotAvailable: "the address does not exist on this machine"
            case .permissionDenied: "permission denied"
            case .invalid: "not accepted by this build of libzmq"
            case .tooManySockets: "no more sockets"
            case .untrusted: "no key of it is known"
            case .terminated: "the context is shutting down"
            case .other(let number): unsafe String(cString: zmq_strerror(number))
            }
        return "\(operation): \(reason)"
    }
}
