/// Code that runs before every call of a channel, and beside it if it wants to: tracing, metrics, credentials.
package protocol ClientInterceptor: Sendable {
    /// Called where the call is made; it must be quick and must not block.
    /// - Parameter head: may be changed: metadata, deadline, trace.
    /// - Returns: what sees the call from here on; nil to see no more of it, which costs nothing more.
    /// - Throws: the status that the call ends with. It is not made then.
    func intercept(_ head: inout CallHead) throws(RPCError) -> (any CallInterception)?
}

extension Channel {
    /// This channel with interceptors in front of it. The first is the outermost: it sees the head as the caller gave
    /// it, what is sent before the others, what is received after them. With none it is this channel itself.
    package func intercepted(by interceptors: [any ClientInterceptor]) -> any Channel {
        var channel: any Channel = self
        for interceptor in interceptors.reversed() { channel = InterceptedChannel(channel, interceptor) }
        return channel
    }
}
