internal import CZeroMQ
import Glibc

/// A ROUTER, DEALER or PAIR socket. One thread at a time uses it.
@safe
package struct Socket: ~Copyable {
    package enum Kind: Sendable {
        /// Many peers; each message names one. Sending to an unknown peer is an error, never a silent loss.
        case router
        /// One peer.
        case dealer
        /// The reading end of a monitor.
        case pair
    }

    /// What became of a message that was offered.
    package enum SendResult: Sendable {
        case sent
        /// The peer's pipe is full, or there is no connection yet.
        case notNow
        /// A ROUTER has no connection of that name any more.
        case unreachable
    }

    /// What is set on a socket before it binds or connects.
    package struct Options: Sendable {
        /// Longest message in bytes that is taken from the wire; a longer one cuts the connection.
        package var maximumMessageBytes: Int64 = 16 << 20
        /// How long `close` goes on sending what was queued.
        package var linger: Duration = .zero
        /// Messages queued for and from each peer: libzmq counts messages only, so what lies above counts the bytes.
        package var highWaterMark: Int32 = 1_000
        /// A connection that has not shaken hands after this long is given up.
        package var handshakeTimeout: Duration = .seconds(3)
        /// The TCP connection attempt is given up after this long.
        package var connectTimeout: Duration = .seconds(3)
        /// ZMTP's own heartbeat; cleans up half-open connections and no more than that.
        package var heartbeatInterval: Duration = .seconds(10)
        package var heartbeatTimeout: Duration = .seconds(30)
        package var security = TransportSecurity.none
        package init() {}
    }

    let handle: UnsafeMutableRawPointer

    /// - Throws: ``ZeroMQError`` with `tooManySockets` or `terminated`.
    package init(_ kind: Kind, in context: Context, options: Options = Options()) throws(ZeroMQError) {
        unsafe handle = try Self.open(kind, in: context, options: options)
    }

    deinit { unsafe zmq_close(handle) }

    private static func open(_ kind: Kind, in context: Context, options: Options) throws(ZeroMQError)
        -> UnsafeMutableRawPointer
    {
        let type =
            switch kind {
            case .router: ZMQ_ROUTER
            case .dealer: ZMQ_DEALER
            case .pair: ZMQ_PAIR
            }
        guard let handle = unsafe zmq_socket(context.handle, type) else { throw .current("open a \(kind) socket") }
        do throws(ZeroMQError) {
            unsafe try configure(handle, kind, options)
        } catch {
            unsafe zmq_close(handle)
            throw error
        }
        return unsafe handle
    }

    @unsafe
    private static func configure(_ handle: UnsafeMutableRawPointer, _ kind: Kind, _ options: Options)
        throws(ZeroMQError)
    {
        func set<Value: BitwiseCopyable>(_ option: Int32, _ value: Value) throws(ZeroMQError) {
            var value = value
            guard unsafe zmq_setsockopt(handle, option, &value, MemoryLayout<Value>.size) == 0 else {
                throw .current("set option \(option)")
            }
        }
        try set(ZMQ_LINGER, options.linger.milliseconds)
        try set(ZMQ_SNDHWM, options.highWaterMark)
        try set(ZMQ_RCVHWM, options.highWaterMark)
        guard kind != .pair else { return }
        try set(ZMQ_MAXMSGSIZE, options.maximumMessageBytes)
        try set(ZMQ_HANDSHAKE_IVL, options.handshakeTimeout.milliseconds)
        try set(ZMQ_HEARTBEAT_IVL, options.heartbeatInterval.milliseconds)
        try set(ZMQ_HEARTBEAT_TIMEOUT, options.heartbeatTimeout.milliseconds)
        try set(ZMQ_HEARTBEAT_TTL, options.heartbeatTimeout.milliseconds)
        try set(ZMQ_TCP_KEEPALIVE, Int32(1))
        if kind == .router {
            try set(ZMQ_ROUTER_MANDATORY, Int32(1))
            try set(ZMQ_BACKLOG, Int32(1024))
        } else {
            // Nothing is queued for a peer that is not there, and nobody but us decides to dial again.
            try set(ZMQ_IMMEDIATE, Int32(1))
            try set(ZMQ_RECONNECT_IVL, Int32(-1))
            try set(ZMQ_CONNECT_TIMEOUT, options.connectTimeout.milliseconds)
        }
        try unsafe secure(handle, options.security)
    }

    @unsafe
    private static func secure(_ handle: UnsafeMutableRawPointer, _ security: TransportSecurity) throws(ZeroMQError) {
        func set(_ option: Int32, _ text: String) throws(ZeroMQError) {
            guard unsafe zmq_setsockopt(handle, option, text, text.utf8.count) == 0 else {
                throw .current("set security option \(option)")
            }
        }
        func turnOn(_ option: Int32) throws(ZeroMQError) {
            var one: Int32 = 1
            guard unsafe zmq_setsockopt(handle, option, &one, MemoryLayout<Int32>.size) == 0 else {
                throw .current("set security option \(option)")
            }
        }
        switch security {
        case .none: break
        case .client(let server, let own):
            try set(ZMQ_CURVE_SERVERKEY, server.text)
            try set(ZMQ_CURVE_PUBLICKEY, own.publicKey.text)
            try set(ZMQ_CURVE_SECRETKEY, own.secretText)
        case .server(let own, let domain):
            precondition(!domain.isEmpty, "without a domain nobody would be asked who may connect")
            try turnOn(ZMQ_CURVE_SERVER)
            try set(ZMQ_CURVE_SECRETKEY, own.secretText)
            try set(ZMQ_ZAP_DOMAIN, domain)
            // Without it libzmq lets everybody in who knows the server's key while there is nobody to ask.
            try turnOn(OLP_ZMQ_ZAP_ENFORCE_DOMAIN)
        }
    }

    /// - Throws: `addressInUse` also for an `ipc` path that somebody serves, which libzmq would take over silently.
    package func bind(_ endpoint: Endpoint) throws(ZeroMQError) {
        if endpoint.isServedLocally { throw ZeroMQError(code: .addressInUse, operation: "bind \(endpoint)") }
        guard unsafe zmq_bind(handle, endpoint.description) == 0 else { throw .current("bind \(endpoint)") }
    }

    /// The endpoint of the last `bind`, with the port that the system chose.
    package func lastEndpoint() throws(ZeroMQError) -> String {
        var text = [CChar](repeating: 0, count: 512)
        var size = text.count
        guard unsafe zmq_getsockopt(handle, ZMQ_LAST_ENDPOINT, &text, &size) == 0 else { throw .current("read the endpoint") }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    package func connect(_ endpoint: Endpoint) throws(ZeroMQError) {
        guard unsafe zmq_connect(handle, endpoint.description) == 0 else { throw .current("connect \(endpoint)") }
    }

    /// Publishes what happens to the socket's connections to a PAIR socket at `name`.
    package func startMonitor(_ name: Endpoint) throws(ZeroMQError) {
        let events = ZMQ_EVENT_ALL
        guard unsafe zmq_socket_monitor(handle, name.description, events) == 0 else { throw .current("monitor") }
    }

    package func stopMonitor() { unsafe _ = zmq_socket_monitor(handle, nil, 0) }

    /// The descriptor to wait on. It signals changes only: after it, and after every send, read until nothing is left.
    package func fileDescriptor() throws(ZeroMQError) -> Int32 {
        var descriptor: Int32 = -1
        var size = MemoryLayout<Int32>.size
        guard unsafe zmq_getsockopt(handle, ZMQ_FD, &descriptor, &size) == 0 else { throw .current("read the descriptor") }
        return descriptor
    }

    /// Sends one or two frames as one message.
    ///
    /// On `.sent` the frames' contents belong to libzmq; otherwise they are untouched.
    package func send(_ first: Frame, _ second: Frame? = nil) throws(ZeroMQError) -> SendResult {
        let result = try offer(first, more: second != nil)
        // Once a message's first frame was taken, its others are too.
        if case .sent = result, let second { _ = try offer(second, more: false) }
        return result
    }

    /// Sends one or two frames to one peer of a ROUTER.
    package func send(to peer: RoutingID, _ first: Frame, _ second: Frame? = nil) throws(ZeroMQError) -> SendResult {
        let named = unsafe withUnsafeTemporaryAllocation(byteCount: RoutingID.byteCount, alignment: 1) { bytes in
            unsafe peer.write(into: bytes)
            while true {
                let sent = unsafe zmq_send(handle, bytes.baseAddress, bytes.count, ZMQ_SNDMORE | ZMQ_DONTWAIT)
                if sent >= 0 { return Int32(0) }
                let number = zmq_errno()
                if number != EINTR { return number }
            }
        }
        switch named {
        case 0: break
        case EAGAIN: return .notNow
        case EHOSTUNREACH: return .unreachable
        default: throw ZeroMQError(code: named == Int32(ETERM) ? .terminated : .other(named), operation: "send to \(peer)")
        }
        return try send(first, second)
    }

    private func offer(_ frame: Frame, more: Bool) throws(ZeroMQError) -> SendResult {
        while true {
            if unsafe zmq_msg_send(frame.message, handle, ZMQ_DONTWAIT | (more ? ZMQ_SNDMORE : 0)) >= 0 { return .sent }
            switch zmq_errno() {
            case EINTR: continue
            case EAGAIN: return .notNow
            case EHOSTUNREACH: return .unreachable
            default: throw .current("send")
            }
        }
    }

    /// Takes the next frame.
    /// - Returns: nil if there is none now.
    package func receive() throws(ZeroMQError) -> Frame? {
        let frame = Frame()
        return try receive(into: frame) ? frame : nil
    }

    /// Takes the next frame into one that was received into before and is held by nobody else.
    package func receive(into frame: Frame) throws(ZeroMQError) -> Bool {
        while true {
            if unsafe zmq_msg_recv(frame.message, handle, ZMQ_DONTWAIT) >= 0 { return true }
            switch zmq_errno() {
            case EINTR: continue
            case EAGAIN: return false
            default: throw .current("receive")
            }
        }
    }

    /// Takes all frames of the next message; for sockets inside the process, whose messages are short.
    func receiveAll() throws(ZeroMQError) -> [Frame]? {
        guard let first = try receive() else { return nil }
        var frames = [first]
        while let last = frames.last, unsafe zmq_msg_more(last.message) != 0, let next = try receive() {
            frames.append(next)
        }
        return frames
    }

    /// Sends frames as one message; the first names the peer if this is a ROUTER.
    func sendAll(_ frames: [Frame]) throws(ZeroMQError) -> SendResult {
        for (index, frame) in frames.enumerated() {
            let result = try offer(frame, more: index < frames.count - 1)
            guard case .sent = result else { return result }
        }
        return .sent
    }

    /// Takes the part that names the sender of a ROUTER's next message.
    /// - Parameter peer: nil if the peer gave itself its name.
    /// - Returns: false if there is no message now.
    private func receiveName(_ peer: inout RoutingID?) throws(ZeroMQError) -> Bool {
        // Not into a frame: that would be an allocation for five bytes.
        let count = unsafe withUnsafeTemporaryAllocation(byteCount: RoutingID.byteCount, alignment: 1) { bytes in
            while true {
                let count = unsafe zmq_recv(handle, bytes.baseAddress, bytes.count, ZMQ_DONTWAIT)
                if count < 0, zmq_errno() == EINTR { continue }
                if count == RoutingID.byteCount { unsafe peer = RoutingID(UnsafeRawBufferPointer(bytes)) }
                return count
            }
        }
        guard count < 0 else { return true }
        guard zmq_errno() == EAGAIN else { throw .current("receive") }
        return false
    }

    /// Whether the message of the last part that was taken has another one.
    private var hasMore: Bool {
        var more: Int32 = 0
        var size = MemoryLayout<Int32>.size
        return unsafe zmq_getsockopt(handle, ZMQ_RCVMORE, &more, &size) == 0 && more != 0
    }

    /// Takes the next message of a ROUTER, or of a DEALER (whose messages name no peer).
    package func receiveMessage(from router: Bool) throws(ZeroMQError) -> ReceivedMessage? {
        var peer: RoutingID?
        if router {
            guard try receiveName(&peer) else { return nil }
            // A name without a body cannot come over a connection; skipping it costs nothing.
            guard hasMore else { return ReceivedMessage(peer: peer) }
        }
        guard let first = try receive() else { return nil }
        var message = ReceivedMessage(peer: peer, first: first)
        var last = first
        while unsafe zmq_msg_more(last.message) != 0 {
            guard let frame = try receive() else { break }
            if message.second == nil { message.second = frame } else { message.excessFrames += 1 }
            last = frame
        }
        return message
    }
}

/// A message as it came from a socket.
package struct ReceivedMessage: Sendable {
    /// The sender, if the socket is a ROUTER and libzmq named the connection.
    package var peer: RoutingID?
    package var first: Frame?
    package var second: Frame?
    /// Frames beyond the second, which were dropped.
    package var excessFrames = 0

    /// Who sent it, as the server's list has them; nil if the connection is not encrypted. It is looked up each time:
    /// to be asked for once a connection.
    package var sender: AuthenticatedPeer? { first.flatMap(AuthenticatedPeer.init) }
}

/// The other end of an encrypted connection, which holds the secret key of `key`.
package struct AuthenticatedPeer: Hashable, Sendable {
    /// What the list called the key when the connection was made.
    package let name: String
    package let key: CurveKey

    /// Read from a message's body: the frame with the peer's name can lack it in libzmq 4.3.4.
    init?(_ frame: Frame) {
        guard let name = frame.property("User-Id"), !name.isEmpty,
            let text = frame.property(AuthenticationRequest.keyProperty), let key = try? CurveKey(text)
        else { return nil }
        self.name = name
        self.key = key
    }
}

extension Duration {
    /// Whole milliseconds as libzmq's options take them.
    var milliseconds: Int32 {
        let (seconds, attoseconds) = components
        return Int32(clamping: seconds * 1000 + attoseconds / 1_000_000_000_000_000)
    }
}
