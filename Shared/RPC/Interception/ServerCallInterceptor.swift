/// Code that every call passes before anything is looked up: it sees calls of methods that there are not, each message
/// of a stream, and the status that the caller gets. A ``ServerInterceptor`` runs inside it, round the handler.
package protocol ServerCallInterceptor: Sendable {
    /// Called when the call begins; it must be quick and must not block.
    /// - Parameters:
    ///   - head: what the handler, its context and its own calls will see; may be changed.
    ///   - method: nil if this server has no such method.
    /// - Returns: what sees the call from here on; nil to see no more of it, which costs nothing more.
    /// - Throws: the status that the call ends with, before any handler sees it.
    func intercept(
        _ head: inout CallHead, _ method: MethodDescriptor?, peer: String
    ) throws(RPCError) -> (any CallInterception)?
}
