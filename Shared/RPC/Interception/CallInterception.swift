package import Wire

/// What stands between one call and its transport, on either side: it sees each message and the end, and may put other
/// messages in their place. Made by a ``ClientInterceptor`` or a ``ServerCallInterceptor`` for each call that it wants to
/// see.
///
/// Messages of one direction come one after the other; the two directions may come at the same time.
package protocol CallInterception: AnyObject, Sendable {
    /// A message on its way out. Nothing is sent unless `next` is called, in here, with this message or another one.
    func send(_ message: borrowing Packing, _ next: (borrowing Packing) -> Void)
    /// A message that came in. What this returns is read in its place; what it throws ends the call for the reader.
    func receive(_ message: Payload) throws(RPCError) -> Payload
    /// The call has ended; nil: with OK. Comes once. On a server before the caller hears of it.
    func ended(_ error: RPCError?)
}

extension CallInterception {
    package func send(_ message: borrowing Packing, _ next: (borrowing Packing) -> Void) { next(message) }
    package func receive(_ message: Payload) throws(RPCError) -> Payload { message }
    package func ended(_ error: RPCError?) {}
}
