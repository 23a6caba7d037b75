package import Wire

/// One call as the server's side of a transport sees it. Made by a transport; used by ``RPCServer``.
package protocol ServerCall: AnyObject, Sendable {
    /// What opened it.
    var scope: CallScope { get }
    /// Who calls, as the transport knows it.
    var peer: String { get }
    /// The next message; nil after the caller's last.
    func next() async throws(RPCError) -> Payload?
    /// The caller's only message, if it is here and so is the end of what the caller sends. Nil says nothing: ``next()`` does.
    func onlyMessage() throws(RPCError) -> Payload?
    /// Sends the initial metadata; before the first message or not at all.
    func sendInitialMetadata(_ metadata: Metadata)
    /// Waits until a message may be sent.
    func readyToSend() async throws(RPCError)
    /// Sends a message; to be called after ``readyToSend()``. Dropped if the call has ended.
    func send(_ message: borrowing Packing)
    /// Ends the call with OK. Only the first end counts.
    func finish(trailing: Metadata)
    /// Ends the call with OK and its last message.
    func finish(trailing: Metadata, with message: borrowing Packing)
    /// Ends the call with an error.
    func finish(_ error: RPCError)
}

extension ServerCall {
    package var head: CallHead { scope.head }
    package func onlyMessage() throws(RPCError) -> Payload? { nil }
}
