package import Wire

/// One call as the caller's side of a transport sees it. Made by ``Channel``; used by its typed calls.
package protocol ClientCall: AnyObject, Sendable {
    /// Waits until a message may be sent.
    func readyToSend() async throws(RPCError)
    /// Sends a message; to be called after ``readyToSend()``. Dropped if the call has ended.
    func send(_ message: borrowing Packing)
    /// Says that no more messages will be sent.
    func halfClose()
    /// The next message; nil after an end with OK.
    func next() async throws(RPCError) -> Payload?
    /// The only message of a call that answers with one.
    func reply() async throws(RPCError) -> Payload
    /// The next message if it is here already. Nil if it would have to be waited for, and after the end, which
    /// ``next()`` tells.
    func nextArrived() -> Payload?
    /// Waits for the server's initial metadata; empty if it sent none.
    func initialMetadata() async throws(RPCError) -> Metadata
    /// The server's trailing metadata, once the call has ended with OK.
    var trailingMetadata: Metadata { get }
    /// Whether the server's initial metadata or a message has come. Such a call is not made again.
    var hasAnswered: Bool { get }
    /// Which replica has the call, by a number that is its own in this process; nil if it has not been sent.
    var replica: UInt64? { get }
    /// Ends the call as CANCELLED, here at once and at the server as soon as it hears of it.
    func cancel()
}

extension ClientCall {
    package func reply() async throws(RPCError) -> Payload { try await messageBeforeEnd() }

    /// ``reply()``, message by message.
    package func messageBeforeEnd() async throws(RPCError) -> Payload {
        guard let first = try await next() else {
            throw RPCError(.unimplemented, "The server ended the call without the one message that it has to answer with.")
        }
        guard try await next() == nil else {
            cancel()
            throw RPCError(.unimplemented, "The server answered with more than the one message of this method.")
        }
        return first
    }
}

/// Cancels a call when nobody reads it any more.
final class CallLease: Sendable {
    let call: any ClientCall

    init(_ call: any ClientCall) { self.call = call }

    // Cancelling a call that has ended does nothing.
    deinit { call.cancel() }
}
