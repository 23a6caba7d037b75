internal import CZeroMQ

/// Tells what happens to the one connection of a DEALER.
package struct SocketMonitor: ~Copyable {
    package enum Event: Hashable, Sendable {
        /// Both sides have shaken hands; messages can flow.
        case connected
        /// The connection attempt or the connection ended.
        case disconnected
        /// The peer speaks another protocol or another security mechanism, or refused us.
        case handshakeFailed
        /// Of no interest here.
        case other
    }

    /// An event with what a self-test has to tell apart.
    enum Report: Hashable, Sendable {
        case connected
        /// By the server's authenticator, with its status.
        case refused(Int32)
        /// Any other end.
        case failed
        case other
    }

    private let pair: Socket

    /// Watches `socket`. `name` must be unique in the process.
    package init(_ socket: borrowing Socket, in context: Context, name: String) throws(ZeroMQError) {
        pair = try Self.attach(socket, in: context, name: name)
    }

    private static func attach(_ socket: borrowing Socket, in context: Context, name: String) throws(ZeroMQError) -> Socket {
        let endpoint = Endpoint(inproc: name)
        try socket.startMonitor(endpoint)
        let pair = try Socket(.pair, in: context)
        try pair.connect(endpoint)
        return pair
    }

    package func fileDescriptor() throws(ZeroMQError) -> Int32 { try pair.fileDescriptor() }

    /// The next event, or nil if there is none now.
    package func next() throws(ZeroMQError) -> Event? {
        guard let (number, _) = try nextNumbers() else { return nil }
        switch number {
        case ZMQ_EVENT_HANDSHAKE_SUCCEEDED: return .connected
        case ZMQ_EVENT_DISCONNECTED, ZMQ_EVENT_CLOSED: return .disconnected
        case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH, ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL,
            ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL:
            return .handshakeFailed
        default: return .other
        }
    }

    /// As ``next()``, with the server's reason.
    func nextReport() throws(ZeroMQError) -> Report? {
        guard let (number, value) = try nextNumbers() else { return nil }
        switch number {
        case ZMQ_EVENT_HANDSHAKE_SUCCEEDED: return .connected
        case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH: return .refused(value)
        case ZMQ_EVENT_DISCONNECTED, ZMQ_EVENT_CLOSED, ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL,
            ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL:
            return .failed
        default: return .other
        }
    }

    /// The next event's number and value as libzmq has them.
    private func nextNumbers() throws(ZeroMQError) -> (number: Int32, value: Int32)? {
        guard let message = try pair.receiveMessage(from: false), let first = message.first else { return nil }
        let bytes = unsafe first.bytes
        guard bytes.count >= 6 else { return (0, 0) }
        return unsafe (Int32(bytes.loadUnaligned(as: UInt16.self)), bytes.loadUnaligned(fromByteOffset: 2, as: Int32.self))
    }
}
