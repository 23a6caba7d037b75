import RPC
import Wire
import ZeroMQ

/// A bound ROUTER and the calls that come through it. It lives on the I/O thread.
final class Listener: IOThread.Source {
    let thread: IOThread
    private let socket: Socket
    private let descriptor: Int32
    private var registration: IOThread.Registration?
    let server: RPCServer
    private let identity: ProcessIdentity
    let limits: ConnectionLimits
    private let security: ServerSecurity
    private let onFault: @Sendable (String) -> Void
    /// Set right after the listener was confined to its thread; it is what calls hold.
    var own: Confined<Listener>?

    private(set) var peers: [RoutingID: ServerPeer] = [:]
    /// Nothing has come since the socket was found empty.
    private var wasEmpty = false
    /// Those to whom something is to be sent at the end of this turn.
    private var corked: [ServerPeer] = []
    /// Whether the process would take work; clients prefer replicas that would.
    private var serves = true
    private(set) var isDraining = false
    private var sweep: LoopTimer?
    private var farewell: LoopTimer?
    private var onQuiet: (@Sendable () -> Void)?

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

    /// The open calls of all peers.
    let crowd = Crowd()
    var openCallCount: Int { crowd.count }

    // MARK: The end

    /// Takes no more calls and tells every client so. `whenQuiet` is called once the open ones have ended and every client
    /// has hung up, or was given the time to.
    func startDraining(whenQuiet: @escaping @Sendable () -> Void) {
        isDraining = true
        onQuiet = whenQuiet
        for peer in peers.values { sendGoAway(peer, .unavailable, "shutting down") }
        checkQuiet()
    }

    /// Stops every handler that still runs and leaves the thread.
    func stopListening() {
        for peer in peers.values {
            for id in peer.calls.keys { endCall(RPCError(.unavailable, "The server is shutting down."), peer, id) }
        }
        flush()
        for peer in peers.values { crowd.leave(peer.calls.count) }
        peers = [:]
        if let sweep { thread.disarm(sweep) }
        if let farewell { thread.disarm(farewell) }
        registration.map(thread.remove)
        registration = nil
        own = nil
    }

    func checkQuiet() {
        guard isDraining, onQuiet != nil, openCallCount == 0 else { return }
        if peers.isEmpty { return becomeQuiet() }
        guard farewell == nil else { return }
        let timer = LoopTimer { [unowned self] in becomeQuiet() }
        farewell = timer
        thread.arm(timer, at: IOThread.clock() + ConnectionLimits.farewellTime.nanoseconds)
    }

    private func becomeQuiet() {
        onQuiet?()
        onQuiet = nil
    }

    /// Tells every client whether the process would take work.
    func setServing(_ serves: Bool) {
        guard serves != self.serves else { return }
        self.serves = serves
        let code = serves ? StatusCode.ok : .unavailable
        for peer in peers.values where peer.machine.state == .ready {
            control(FrameHeader(.state, flags: .optional, status: code.rawValue), peer)
        }
    }

    // MARK: Frames out

    /// Sends a frame of a call. Dropped if the call or its peer is gone.
    func send(_ frame: consuming OutgoingFrame, _ peer: RoutingID, _ id: UInt64) {
        guard let peer = peers[peer], let call = peer.calls[id] else { return }
        send(frame, peer, call)
    }

    func send(_ frame: consuming OutgoingFrame, _ peer: ServerPeer, _ call: ServerPeer.OpenCall) {
        if frame.payloadBytes > peer.limits.maximumMessageBytes { frame = refuse(frame, peer, call) }
        // What is not in a second part is too short for pieces.
        if frame.second != nil || peer.hasSeenPieces, peer.fragments.isFor(frame, call.id) {
            peer.hasSeenPieces = true
            peer.fragments.add(frame, of: call.id)
            sendFragments(peer)
            if peer.fragments.byteCount > ConnectionLimits.maximumQueuedFragmentBytes { giveUp(peer) }
        } else {
            sealAndSend(frame, peer, call)
        }
    }

    /// What is sent in place of an answer that is too long: as it is, libzmq at the other end would cut the connection that
    /// all calls share.
    private func refuse(_ frame: OutgoingFrame, _ peer: ServerPeer, _ call: ServerPeer.OpenCall) -> OutgoingFrame {
        let error = RPCError(
            .resourceExhausted,
            "The answer has \(frame.payloadBytes) bytes; the caller takes \(peer.limits.maximumMessageBytes). Ask for less.")
        if call.answer.end() { call.answer.stop(error) }
        return OutgoingFrame(ending: error)
    }

    private func sealAndSend(_ frame: consuming OutgoingFrame, _ peer: ServerPeer, _ call: ServerPeer.OpenCall) {
        frame.seal(callID: call.id, sequence: call.nextSequence)
        call.nextSequence += 1
        let isEnd = frame.header.kind == .end
        if isEnd { forget(call, peer) }
        transmit(frame, peer)
        if isEnd, isDraining { checkQuiet() }
    }

    func sendFragments(_ peer: ServerPeer) {
        while let (id, frame) = peer.fragments.next() {
            if let call = peer.calls[id] { sealAndSend(frame, peer, call) }
        }
    }

    func forget(_ call: ServerPeer.OpenCall, _ peer: ServerPeer) {
        let id = call.id
        if peer.calls.removeValue(forKey: id) != nil { crowd.leave() }
        if let timer = call.deadline { thread.disarm(timer) }
        if peer.hasSeenPieces {
            peer.fragments.drop(id)
            peer.received.drop(id)
        }
    }

    func grant(_ byteCount: Int, _ peer: RoutingID, _ id: UInt64) {
        guard let peer = peers[peer], peer.calls[id] != nil else { return }
        control(FrameHeader(.credit, callID: id, credit: UInt32(clamping: byteCount)), peer)
    }

    func control(_ header: FrameHeader, _ peer: ServerPeer) {
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

    func transmit(_ frame: consuming OutgoingFrame, _ peer: ServerPeer) {
        if peer.backlog.add(frame) { return flush(peer) }
        guard !peer.needsFlush else { return }
        peer.needsFlush = true
        corked.append(peer)
        registration.map(thread.needsFlush)
    }

    func flush() {
        let peers = corked
        corked.removeAll(keepingCapacity: true)
        for peer in peers {
            peer.needsFlush = false
            flush(peer)
        }
    }

    private func flush(_ peer: ServerPeer) {
        guard !peer.backlog.isEmpty else { return }
        do throws(ZeroMQError) {
            let isThere = try peer.backlog.flush { first, second throws(ZeroMQError) in try offer(first, second, peer) }
            if !isThere { lost(peer) }
            if peer.backlog.byteCount > ConnectionLimits.maximumBacklogBytes { giveUp(peer) }
        } catch {
            onFault("\(error)")
        }
    }

    private func giveUp(_ peer: ServerPeer) {
        onFault("\(peer.id) does not read its answers and was given up")
        lost(peer)
    }

    private func offer(_ first: Frame, _ second: Frame?, _ peer: ServerPeer) throws(ZeroMQError) -> Socket.SendResult {
        let result = try socket.send(to: peer.id, first, second)
        if let registration {
            result == .notNow ? thread.needsDrainSoon(registration) : thread.needsDrain(registration)
        }
        return result
    }

    func lost(_ peer: ServerPeer) {
        guard peers.removeValue(forKey: peer.id) != nil else { return }
        peer.machine.unreachable()
        for call in peer.calls.values {
            if let timer = call.deadline { thread.disarm(timer) }
            _ = call.answer.end()
            call.answer.stop(RPCError(.cancelled, "The caller's connection is gone."))
        }
        crowd.leave(peer.calls.count)
        peer.calls = [:]
        checkQuiet()
    }

    // MARK: Frames in

    /// Frames read before other work gets its turn, and a message's worth more.
    private static let batch = 256

    func drain() -> Bool {
        var count = 0
        do throws(ZeroMQError) {
            while count < Self.batch {
                guard let received = try socket.receiveMessage(from: true) else {
                    wasEmpty = true
                    return flushBlocked()
                }
                count += accept(received)
                // The answer to the one message that came first. To find the socket empty takes system calls, and would have
                // to be done once more after the answer.
                if wasEmpty, !corked.isEmpty {
                    wasEmpty = false
                    return true
                }
                wasEmpty = false
            }
            return true
        } catch {
            onFault("\(error)")
            return false
        }
    }

    /// - Returns: whether anything was sent.
    private func flushBlocked() -> Bool {
        var hasSent = false
        for peer in peers.values where peer.backlog.isBlocked {
            flush(peer)
            hasSent = hasSent || !peer.backlog.isBlocked
        }
        return hasSent
    }

    /// Takes the frames of a message.
    /// - Returns: how many.
    private func accept(_ received: ReceivedMessage) -> Int {
        guard let id = received.peer else { return 1 }
        var count = 1
        do throws(FrameHeader.Problem) {
            var frame = try IncomingFrame(received)
            guard let peer = peers[id] ?? added(id) else { return 1 }
            accept(frame, peer, received)
            // One that a frame before made forgotten ignores the others.
            while let next = try frame.next() {
                frame = next
                accept(frame, peer, received)
                count += 1
            }
        } catch .unknownKind(_, optional: true) {
            // Its length is not known either, which is why such frames come alone.
        } catch .unsupportedVersion {
            peers[id].map(lost) ?? refuse(newPeer(id))
        } catch {
            // No answer: a peer that speaks garbage would not understand it.
            peers[id].map(lost) ?? ()
        }
        return count
    }

    /// - Returns: nil if there are too many.
    private func added(_ id: RoutingID) -> ServerPeer? {
        guard peers.count < ConnectionLimits.maximumPeers else {
            onFault("more than \(ConnectionLimits.maximumPeers) connections")
            return nil
        }
        let peer = newPeer(id)
        peers[id] = peer
        return peer
    }

    private func accept(_ frame: IncomingFrame, _ peer: ServerPeer, _ received: ReceivedMessage) {
        let hello = frame.header.kind == .hello ? try? frame.part(as: WireV1.Hello.self) : nil
        let isHello = hello.map(ProtocolVersion.isSpoken) ?? false
        switch peer.machine.heard(isHello: isHello, now: thread.turnTime) {
        case .accept: hello.map { greet($0, peer, received.sender) } ?? dispatch(frame, peer)
        case .refuse: refuse(peer)
        case .ignore: break
        }
    }

    private func newPeer(_ id: RoutingID) -> ServerPeer {
        ServerPeer(id, PeerMachine(now: thread.turnTime, pingInterval: limits.pingInterval), limits)
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
        let now = IOThread.clock() / 1000
        peer.greeted(hello, name: name, sender)
        if let sent = hello.sentAtUs { _ = peer.delay.delay(sent: sent, received: now) }
        var frame = OutgoingFrame(
            FrameHeader(.helloAck),
            part: WireV1.Hello(limits, identity: identity, serving: serves && !isDraining, now: now))
        frame.seal()
        transmit(frame, peer)
        if isDraining { sendGoAway(peer, .unavailable, "shutting down") }
    }

    // MARK: Silence

    private func armSweep() {
        let timer = LoopTimer { [unowned self] in
            let now = thread.turnTime
            for peer in peers.values where peer.machine.isOverdue(now: now) { lost(peer) }
            for peer in security.dropped(of: peers.values) {
                onFault("\(peer.shownName) is not on the list of callers any more and is not served")
                lost(peer)
            }
            armSweep()
        }
        sweep = timer
        thread.arm(timer, at: IOThread.clock() + limits.pingInterval.nanoseconds)
    }
}
