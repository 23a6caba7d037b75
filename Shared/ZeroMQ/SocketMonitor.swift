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
        guard let message = try pair.receiveMessage(from: false), let first = message.first else { return nil }
        let bytes = unsafe first.bytes
        guard bytes.count >= 2 else { return .other }
        switch Int32(unsafe bytes.loadUnaligned(as: UInt16.self)) {
        case ZMQ_EVENT_HANDSHAKE_SUCCEEDED: return .connected
        case ZMQ_EVENT_DISCONNECTED, ZMQ_EVENT_CLOSED: return .disconnected
        case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH, ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL,
            ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL:
            return .handshakeFailed
        default: return .other
        }
    }
}
