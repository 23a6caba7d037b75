/// The status of a call that did not end well.
///
/// A handler throws it to choose the status; a caller catches it.
package struct RPCError: Error, Sendable, CustomStringConvertible {
    /// Never `ok`.
    package var code: StatusCode
    /// For people: what happened and what to do next. Free of personal data and of causes.
    package var message: String
    /// A serialised `google.rpc.Status` with details for programs, or empty.
    package var details: [UInt8]
    /// The server's trailing metadata.
    package var metadata: Metadata
    /// How long the server asks to wait before another attempt; a negative duration: make none.
    package var pushback: Duration?
    /// True if the call reached no handler, so that another attempt cannot do anything twice.
    package var isUnprocessed: Bool
    /// True if there was nobody to send the call to: another attempt makes sense only after a while.
    package var foundNoReplica = false
    /// What led to it, for this process's log; it does not travel.
    package var cause: (any Error)?

    package init(
        _ code: StatusCode, _ message: String, details: [UInt8] = [], metadata: Metadata = Metadata(),
        isUnprocessed: Bool = false, cause: (any Error)? = nil
    ) {
        precondition(code != .ok, "OK is not an error")
        self.code = code
        self.message = message
        self.details = details
        self.metadata = metadata
        self.isUnprocessed = isUnprocessed
        self.cause = cause
    }

    /// True if one replica did not take the call, so that it can be made elsewhere at once.
    package var wasTurnedAway: Bool { code == .unavailable && isUnprocessed && !foundNoReplica }

    package var description: String { message.isEmpty ? code.name : "\(code.name): \(message)" }

    /// What a handler's error says to the caller. Errors that are no status tell the caller nothing of themselves.
    package init(thrownByHandler error: any Error, isPastDeadline: Bool) {
        switch error {
        case let error as RPCError:
            self = error
        case is CancellationError:
            self =
                isPastDeadline
                ? RPCError(.deadlineExceeded, "The deadline passed before the call was done.")
                : RPCError(.cancelled, "The call was cancelled.")
        default:
            self = RPCError(.unknown, "The service failed in a way it did not foresee; its log says how.", cause: error)
        }
    }
}
