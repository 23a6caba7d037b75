import RPC
import Wire
import ZeroMQ

/// A bound ROUTER and the calls that come through it. It lives on the I/O thread.
final class Listener: IOThread.Source {
    private let thread: IOThread
    private let socket: Socket
    private let descriptor: Int32
    private var registration: IOThread.Registration?
    private let server: RPCServer
    private let identity: ProcessIdentity
    private let limits: ConnectionLimits
    private let security: ServerSecurity
    private let onFault: @Sendable (String) -> Void
    /// Set right after the listener was confined to its thread; it is what calls hold.
    var own: Confined<Listener>?

    private var peers: [RoutingID: ServerPeer] = [:]
    private var isDraining = false
    private var sweep: LoopTimer?
    private var onIdle: (@Sendable () -> Void)?

    /// Binds. To be made on any thread, used on the I/O thread alone.
    init(
        _ endpoint: Endpoint, server: RPCServer, thread: IOThread, context: Context, identity: ProcessIdentity,
        limits: ConnectionLimits, security: ServerSecurity, linger: Duration,
        onFault: @escaping @Sendable (String) -> Void
    ) throws(ZeroMQError) {
        var options = Socket.Options()
        options.maximumMessageBytes = limits.maximumFrameBytes
        options.linger = linger
        options.security = security.socket
        let socket = try Socket(.router, in: context, options: options)
        descriptor = try socket.fileDescriptor()
        try socket.bind(endpoint)
        self.socket = socket
        self.thread = thread
        self.server = server
        self.identity = identity
        self.limits = limits
        self.security = security
        self.onFault = onFault
    }

    func boundEndpoint() throws(ZeroMQError) -> String { try socket.lastEndpoint() }

    func startListening() {
        registration = thread.add(self, descriptor: descriptor)
        armSweep()
    }

    /// Takes no more calls and tells every client so; `whenIdle` is called once the open ones have ended.
    func startDraining(whenIdle: @escaping @Sendable () -> Void) {
        isDraining = true
        onIdle = whenIdle
        for peer in peers.values { sendGoAway(peer, .unavailable, "shutting down") }
        checkIdle()
    }

    /// Stops every handler that still runs and leaves the thread.
    func stopListening() {
        for peer in peers.values {
            for id in peer.calls.keys { endCall(RPCError(.unavailable, "The server is shutting down."), peer, id) }
        }
        peers = [:]
        if let sweep { thread.disarm(sweep) }
        registration.map(thread.remove)
        registration = nil
        own = nil
    }

    var openCallCount: Int { peers.values.reduce(0) { $0 + $1.calls.count } }

    private func checkIdle() {
        guard isDraining, openCallCount == 0, let onIdle else { return }
        self.onIdle = nil
        onIdle()
    }

    // MARK: Frames out

    /// Sends a frame of a call. Dropped if the call or its peer is gone.
    func send(_ frame: OutgoingFrame, _ peer: RoutingID, _ id: UInt64, isEnd: Bool) {
        guard let peer = peers[peer] else { return }
        send(frame, peer, id, isEnd: isEnd)
    }

    private func send(_ frame: OutgoingFrame, _ peer: ServerPeer, _ id: UInt64, isEnd: Bool) {
        guard let call = isEnd ? peer.calls.removeValue(forKey: id) : peer.calls[id] else { return }
        var frame = frame
        var isEnd = isEnd
        if frame.payloadBytes > peer.limits.maximumMessageBytes {
            // Sent as it is, libzmq at the other end would cut the connection that all calls share.
            let error = RPCError(
                .resourceExhausted,
                "The answer has \(frame.payloadBytes) bytes; the caller takes \(peer.limits.maximumMessageBytes). Ask for less.")
            frame = OutgoingFrame(
                FrameHeader(.end, flags: .endOfStream, status: error.code.rawValue), part: WireV1.End(error))
            if !isEnd {
                isEnd = true
                peer.calls[id] = nil
                _ = call.link.end()
                call.link.stop(error)
            }
        }
        frame.seal(callID: id, sequence: call.nextSequence)
        call.nextSequence += 1
        if isEnd, let timer = call.deadline { thread.disarm(timer) }
        transmit(frame, peer)
        if isEnd { checkIdle() }
    }

    func grant(_ byteCount: Int, _ peer: RoutingID, _ id: UInt64) {
        guard let peer = peers[peer], peer.calls[id] != nil else { return }
        control(FrameHeader(.credit, callID: id, credit: UInt32(clamping: byteCount)), peer)
    }

    private func control(_ header: FrameHeader, _ peer: ServerPeer) {
        var frame = OutgoingFrame(header)
        frame.seal(callID: header.callID)
        transmit(frame, peer)
    }

    private func sendGoAway(_ peer: ServerPeer, _ code: StatusCode, _ reason: String) {
        peer.machine.drain()
        var part = WireV1.GoAway()
        part.lastAccepted = peer.lastCallID
        part.reason = reason
        var frame = OutgoingFrame(FrameHeader(.goAway, status: code.rawValue), part: part)
        frame.seal()
        transmit(frame, peer)
    }

    private func transmit(_ frame: OutgoingFrame, _ peer: ServerPeer) {
        do throws(ZeroMQError) {
            if try peer.backlog.send(frame, by: { frame throws(ZeroMQError) in try offer(frame, peer) }) == .unreachable {
                lost(peer)
            }
            if peer.backlog.byteCount > ConnectionLimits.maximumBacklogBytes {
                onFault("\(peer.id) does not read its answers and was given up")
                lost(peer)
            }
        } catch {
            onFault("\(error)")
        }
    }

    private func offer(_ frame: OutgoingFrame, _ peer: ServerPeer) throws(ZeroMQError) -> Socket.SendResult {
        if let registration { thread.needsDrain(registration) }
        return try socket.send(to: peer.id, frame.first, frame.second)
    }

    private func lost(_ peer: ServerPeer) {
        guard peers.removeValue(forKey: peer.id) != nil else { return }
        for call in peer.calls.values {
            if let timer = call.deadline { thread.disarm(timer) }
            _ = call.link.end()
            call.link.stop(RPCError(.cancelled, "The caller's connection is gone."))
        }
        peer.calls = [:]
        checkIdle()
    }

    // MARK: Frames in

    /// Messages read before other work gets its turn.
    private static let batch = 256

    func drain() -> Bool {
        do throws(ZeroMQError) {
            for _ in 0..<Self.batch {
                guard let received = try socket.receiveMessage(from: true) else {
                    flushBacklogs()
                    return false
                }
                accept(received)
            }
            return true
        } catch {
            onFault("\(error)")
            return false
        }
    }

    private func flushBacklogs() {
        for peer in peers.values where !peer.backlog.isEmpty {
            do throws(ZeroMQError) {
                try peer.backlog.flush { frame throws(ZeroMQError) in try offer(frame, peer) }
            } catch {
                onFault("\(error)")
            }
        }
    }

    private func accept(_ received: ReceivedMessage) {
        guard let id = received.peer else { return }
        let frame: IncomingFrame
        do throws(FrameHeader.Problem) {
            frame = try IncomingFrame(received)
        } catch .unknownKind(_, optional: true) {
            return
        } catch .unsupportedVersion {
            return peers[id].map(lost) ?? refuse(newPeer(id))
        } catch {
            // No answer: a peer that speaks garbage would not understand it.
            return peers[id].map(lost) ?? ()
        }
        let isNew = peers[id] == nil
        guard let peer = peers[id] ?? (peers.count < ConnectionLimits.maximumPeers ? newPeer(id) : nil) else {
            return onFault("more than \(ConnectionLimits.maximumPeers) connections")
        }
        if isNew { peers[id] = peer }
        let hello = frame.header.kind == .hello ? try? frame.part(as: WireV1.Hello.self) : nil
        let isHello = hello.map(ProtocolVersion.isSpoken) ?? false
        switch peer.machine.heard(isHello: isHello, now: thread.turnTime) {
        case .accept: hello.map { greet($0, peer, received.sender) } ?? dispatch(frame, peer)
        case .refuse: refuse(peer)
        case .ignore: break
        }
    }

    private func newPeer(_ id: RoutingID) -> ServerPeer {
        ServerPeer(id, PeerMachine(now: thread.turnTime, pingInterval: limits.pingInterval))
    }

    private func refuse(_ peer: ServerPeer) {
        sendGoAway(peer, .unimplemented, "this server speaks version \(FrameHeader.version) and expects HELLO first")
        lost(peer)
    }

    private func greet(_ hello: WireV1.Hello, _ peer: ServerPeer, _ sender: AuthenticatedPeer?) {
        guard let name = security.name(of: sender, else: hello.service) else {
            // Its key was taken off the list while it was connected.
            return lost(peer)
        }
        peer.limits = hello.connectionLimits
        peer.name = name
        peer.sender = sender
        var frame = OutgoingFrame(
            FrameHeader(.helloAck), part: WireV1.Hello(limits, identity: identity, serving: !isDraining))
        frame.seal()
        transmit(frame, peer)
        if isDraining { sendGoAway(peer, .unavailable, "shutting down") }
    }

    private func dispatch(_ frame: IncomingFrame, _ peer: ServerPeer) {
        let header = frame.header
        switch header.kind {
        case .call: open(frame, peer)
        case .message: message(frame, peer)
        case .cancel: endCall(RPCError(.cancelled, "The caller cancelled."), peer, header.callID)
        case .credit: peer.calls[header.callID]?.link.credit.grant(Int(header.credit))
        case .ping: control(FrameHeader(.pong, payloadLength: header.payloadLength), peer)
        case .pong, .hello, .helloAck, .headers, .end, .goAway, .state: break
        }
    }

    private func message(_ frame: IncomingFrame, _ peer: ServerPeer) {
        let header = frame.header
        guard let call = peer.calls[header.callID] else { return }
        guard header.sequence == call.expected else {
            return endCall(RPCError(.internal, "Frames of the call are missing."), peer, header.callID)
        }
        call.expected += 1
        if let error = Self.reserved(header) { return endCall(error, peer, header.callID) }
        if let message = frame.message {
            guard call.link.received(message.count) else {
                return endCall(RPCError(.internal, "The caller sent more than it had credit for."), peer, header.callID)
            }
            call.link.inbox.push(message)
        }
        if header.flags.contains(.endOfStream) { call.link.inbox.finish() }
    }

    /// Ends a call from this side: sends its status and stops its handler.
    private func endCall(_ error: RPCError, _ peer: ServerPeer, _ id: UInt64) {
        guard let call = peer.calls[id] else { return }
        if call.link.end() {
            let header = FrameHeader(.end, flags: .endOfStream, status: error.code.rawValue)
            send(OutgoingFrame(header, part: WireV1.End(error)), peer, id, isEnd: true)
        }
        call.link.stop(error)
    }

    // MARK: New calls

    private func open(_ frame: IncomingFrame, _ peer: ServerPeer) {
        let id = frame.header.callID
        guard let own else { return }
        guard id > peer.lastCallID else { return lost(peer) }
        peer.lastCallID = id
        let link = ServerCallLink(
            own, peer: peer.id, id: id, peerWindow: peer.limits.initialStreamCredit,
            ownWindow: limits.initialStreamCredit)
        let call = ServerPeer.OpenCall(link)
        peer.calls[id] = call
        let head: CallHead
        do throws(RPCError) {
            head = try admit(frame, peer)
        } catch {
            return endCall(error, peer, id)
        }
        switch (frame.message, frame.header.flags.contains(.endOfStream)) {
        case (let message?, true): link.inbox.finish(with: message)
        case (let message?, false): link.inbox.push(message)
        case (nil, true): link.inbox.finish()
        case (nil, false): break
        }
        if let deadline = head.deadline { arm(deadline, peer, call) }
        start(ZeroMQServerCall(link, head, peer: peer.name.isEmpty ? peer.id.description : peer.name))
    }

    /// Reads what opens a call.
    /// - Throws: the status of a call that is not to be started.
    private func admit(_ frame: IncomingFrame, _ peer: ServerPeer) throws(RPCError) -> CallHead {
        if isDraining { throw RPCError(.unavailable, "The server is shutting down.", isUnprocessed: true) }
        guard frame.header.sequence == 0 else { throw RPCError(.internal, "Frames of the call are missing.") }
        if let error = Self.reserved(frame.header) { throw error }
        guard peer.calls.count <= limits.maximumConcurrentCalls else {
            throw RPCError(
                .resourceExhausted, "The connection has \(limits.maximumConcurrentCalls) open calls already.",
                isUnprocessed: true)
        }
        if let message = frame.message, message.count > limits.maximumMessageBytes {
            throw RPCError(
                .resourceExhausted,
                "The message has \(message.count) bytes; at most \(limits.maximumMessageBytes) are taken.",
                isUnprocessed: true)
        }
        do {
            let head = try CallHead(try frame.part(as: WireV1.Call.self))
            guard head.metadata.byteCount <= limits.maximumMetadataBytes else {
                throw RPCError(
                    .resourceExhausted, "The metadata is longer than \(limits.maximumMetadataBytes) bytes.",
                    isUnprocessed: true)
            }
            return head
        } catch let error as RPCError {
            throw error
        } catch {
            throw RPCError(.internal, "The head of the call could not be parsed: \(error)", isUnprocessed: true)
        }
    }

    /// Refuses what this version keeps a place for and does not do.
    private static func reserved(_ header: FrameHeader) -> RPCError? {
        guard header.flags.contains(.compressed) || header.flags.contains(.more) else { return nil }
        return RPCError(.unimplemented, "This server takes neither compressed messages nor fragments.", isUnprocessed: true)
    }

    private func arm(_ deadline: Deadline, _ peer: ServerPeer, _ call: ServerPeer.OpenCall) {
        let id = call.link.id
        let timer = LoopTimer { [unowned self, unowned peer] in
            endCall(RPCError(.deadlineExceeded, "The deadline passed before the call was done."), peer, id)
        }
        call.deadline = timer
        thread.arm(timer, at: IOThread.clock() + deadline.remaining.nanoseconds)
    }

    private func start(_ call: ZeroMQServerCall) {
        let server = server
        // The link keeps the task, cancels it when the call ends early, and `stopListening` ends every call.
        if server.router.inlineMethods.contains(call.head.method) {
            call.link.run(Task.immediate { await server.serve(call) })
        } else {
            call.link.run(Task { await server.serve(call) })
        }
    }

    // MARK: Silence

    private func armSweep() {
        let timer = LoopTimer { [unowned self] in
            let now = thread.turnTime
            for peer in peers.values where peer.machine.isOverdue(now: now) { lost(peer) }
            for peer in security.dropped(of: peers.values) {
                onFault("\(peer.name) is not on the list of callers any more and is not served")
                lost(peer)
            }
            armSweep()
        }
        sweep = timer
        thread.arm(timer, at: IOThread.clock() + limits.pingInterval.nanoseconds)
    }
}
