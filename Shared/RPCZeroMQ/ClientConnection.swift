import RPC
import Synchronization
import Wire
import ZeroMQ

/// A channel's connection to one replica. It lives on the I/O thread.
///
/// `ConnectionMachine` decides; this carries out: sockets, frames, timers, and the table of open calls.
final class ClientConnection: IOThread.Source {
    /// A call that was sent.
    private final class OpenCall {
        let call: ZeroMQClientCall
        var nextSequence: UInt32 = 1
        var expected: UInt32 = 0
        var deadline: LoopTimer?

        init(_ call: ZeroMQClientCall) { self.call = call }
    }

    /// A call that waits for the connection.
    private struct WaitingCall {
        let call: ZeroMQClientCall
        let head: CallHead
        let frame: OutgoingFrame
    }

    private let thread: IOThread
    private let context: Context
    private let endpoint: Endpoint
    private let identity: ProcessIdentity
    private let limits: ConnectionLimits
    private let security: DialSecurity
    private let jitter: () -> Double

    private var machine = ConnectionMachine()
    private var link: DealerLink?
    private var peerLimits = ConnectionLimits()
    private var open: [UInt64: OpenCall] = [:]
    private var waiting: [WaitingCall] = []
    /// Frames of the calls above, and of streams, that libzmq would not take yet.
    private var backlog = SendBacklog()
    private var lastID: UInt64 = 0
    private var timer: LoopTimer?

    init(
        _ endpoint: Endpoint, thread: IOThread, context: Context, identity: ProcessIdentity, limits: ConnectionLimits,
        security: DialSecurity, jitter: @escaping () -> Double
    ) {
        self.endpoint = endpoint
        self.thread = thread
        self.context = context
        self.identity = identity
        self.limits = limits
        self.security = security
        self.jitter = jitter
    }

    // MARK: What callers want

    /// Starts a call, now or when the connection is ready.
    func start(_ call: ZeroMQClientCall, _ head: CallHead, _ frame: OutgoingFrame) {
        guard !call.link.hasEnded else { return }
        if let problem = oversize(frame) { return call.end(.failure(problem)) }
        if machine.state == .ready, waiting.isEmpty, open.count < peerLimits.maximumConcurrentCalls {
            return launch(call, head, frame)
        }
        switch machine.state {
        case .backingOff where !head.waitForReady, .draining where !head.waitForReady, .closed:
            return call.end(.failure(unavailable(machine.lastFailure, isUnprocessed: true)))
        default: break
        }
        guard waiting.count < ConnectionLimits.maximumWaitingCalls else {
            return call.end(.failure(RPCError(
                .resourceExhausted, "\(waiting.count) calls wait for \(endpoint) already.", isUnprocessed: true)))
        }
        waiting.append(WaitingCall(call: call, head: head, frame: frame))
        armWaitingDeadline(call, head)
        apply(.wanted)
    }

    /// Sends a frame of a call that was started. Dropped if the call has ended.
    func send(_ frame: OutgoingFrame, on link: ClientCallLink) {
        let id = link.id.load(ordering: .relaxed)
        if id == 0 { return holdBack(frame, for: link) }
        if let problem = oversize(frame) {
            open[id]?.call.end(.failure(problem), keepingMessages: false)
            return abandon(link, .resourceExhausted)
        }
        guard let entry = open[id] else { return }
        var frame = frame
        frame.seal(callID: id, sequence: entry.nextSequence)
        entry.nextSequence += 1
        transmit(frame)
    }

    func grant(_ byteCount: Int, on link: ClientCallLink) {
        let id = link.id.load(ordering: .relaxed)
        guard id != 0, open[id] != nil else { return }
        control(FrameHeader(.credit, callID: id, credit: UInt32(clamping: byteCount)))
    }

    /// Forgets a call that its caller has ended, and tells the server.
    func abandon(_ link: ClientCallLink, _ code: StatusCode) {
        let id = link.id.load(ordering: .relaxed)
        guard id != 0 else {
            waiting.removeAll { $0.call.link === link }
            return held.removeValue(forKey: ObjectIdentifier(link)).map { _ in } ?? ()
        }
        guard open[id] != nil else { return }
        forget(id)
        control(FrameHeader(.cancel, status: code.rawValue, callID: id))
    }

    func close() { apply(.close) }

    // MARK: Calls

    /// Frames of streams whose call still waits for the connection.
    private var held: [ObjectIdentifier: [OutgoingFrame]] = [:]

    private func holdBack(_ frame: OutgoingFrame, for link: ClientCallLink) {
        guard !link.hasEnded else { return }
        held[ObjectIdentifier(link), default: []].append(frame)
    }

    private func launch(_ call: ZeroMQClientCall, _ head: CallHead, _ frame: OutgoingFrame) {
        lastID += 1
        let id = lastID
        call.link.id.store(id, ordering: .relaxed)
        let entry = OpenCall(call)
        if let deadline = head.deadline {
            let timer = LoopTimer { [unowned self] in self.expire(id) }
            thread.arm(timer, at: IOThread.clock() + deadline.remaining.nanoseconds)
            entry.deadline = timer
        }
        open[id] = entry
        var frame = frame
        frame.seal(callID: id)
        transmit(frame)
        guard let later = held.removeValue(forKey: ObjectIdentifier(call.link)) else { return }
        for frame in later { send(frame, on: call.link) }
    }

    private func startWaiting() {
        var remaining = waiting[...]
        while let next = remaining.first, open.count < peerLimits.maximumConcurrentCalls, machine.state == .ready {
            remaining = remaining.dropFirst()
            if !next.call.link.hasEnded { launch(next.call, next.head, next.frame) }
        }
        waiting = Array(remaining)
    }

    private func armWaitingDeadline(_ call: ZeroMQClientCall, _ head: CallHead) {
        guard let deadline = head.deadline else { return }
        let link = call.link
        let timer = LoopTimer { [weak self] in
            guard link.id.load(ordering: .relaxed) == 0, !link.hasEnded else { return }
            call.end(.failure(Self.deadlineExceeded), keepingMessages: false)
            self?.abandon(link, .deadlineExceeded)
        }
        thread.arm(timer, at: IOThread.clock() + deadline.remaining.nanoseconds)
    }

    private func expire(_ id: UInt64) {
        guard let call = open[id]?.call else { return }
        call.end(.failure(Self.deadlineExceeded), keepingMessages: false)
        abandon(call.link, .deadlineExceeded)
    }

    private static let deadlineExceeded = RPCError(.deadlineExceeded, "The deadline passed before the call was done.")

    private func forget(_ id: UInt64) {
        guard let entry = open.removeValue(forKey: id) else { return }
        if let timer = entry.deadline { thread.disarm(timer) }
        if machine.state == .draining, open.isEmpty { return apply(.drained) }
        if !waiting.isEmpty { startWaiting() }
    }

    private func oversize(_ frame: OutgoingFrame) -> RPCError? {
        guard frame.payloadBytes > peerLimits.maximumMessageBytes else { return nil }
        return RPCError(
            .resourceExhausted,
            "The message has \(frame.payloadBytes) bytes; \(endpoint) takes \(peerLimits.maximumMessageBytes).",
            isUnprocessed: true)
    }

    private func unavailable(_ reason: String, isUnprocessed: Bool) -> RPCError {
        RPCError(.unavailable, "No connection to \(endpoint): \(reason).", isUnprocessed: isUnprocessed)
    }

    // MARK: The machine's actions

    private func apply(_ event: ConnectionMachine.Event) {
        for action in machine.handle(event, now: IOThread.clock(), jitter: jitter()) { perform(action) }
    }

    private func perform(_ action: ConnectionMachine.Action) {
        switch action {
        case .openSocket: openSocket()
        case .closeSocket:
            link?.close()
            link = nil
            backlog.removeAll()
        case .sendHello: sealAndSend(OutgoingFrame(
            FrameHeader(.hello), part: WireV1.Hello(limits, identity: identity, serving: true)))
        case .sendPing: control(FrameHeader(.ping, payloadLength: UInt32(truncatingIfNeeded: lastID)))
        case .startWaiting: startWaiting()
        case .failOpen(let reason):
            let failed = open
            open = [:]
            for entry in failed.values {
                if let timer = entry.deadline { thread.disarm(timer) }
                entry.call.end(.failure(unavailable(reason, isUnprocessed: false)))
            }
        case .failWaiting(let reason): failWaiting(reason)
        case .setTimer(let instant):
            let timer = timer ?? LoopTimer { [weak self] in self?.apply(.timer) }
            self.timer = timer
            thread.arm(timer, at: instant)
        case .clearTimer: if let timer { thread.disarm(timer) }
        }
    }

    private func failWaiting(_ reason: String) {
        let stays = machine.state != .closed
        let failed = waiting.filter { !stays || !$0.head.waitForReady }
        waiting = stays ? waiting.filter { $0.head.waitForReady } : []
        for entry in failed {
            held[ObjectIdentifier(entry.call.link)] = nil
            entry.call.end(.failure(unavailable(reason, isUnprocessed: true)))
        }
    }

    private func openSocket() {
        do throws(ZeroMQError) {
            link = try DealerLink(
                to: endpoint, thread: thread, context: context, limits: limits, security: security, owner: self)
        } catch {
            apply(.lost(reason: "\(error)"))
        }
    }

    // MARK: Frames out

    private func control(_ header: FrameHeader) {
        var frame = OutgoingFrame(header)
        frame.seal(callID: header.callID)
        transmit(frame)
    }

    private func sealAndSend(_ frame: OutgoingFrame) {
        var frame = frame
        frame.seal()
        transmit(frame)
    }

    private func transmit(_ frame: OutgoingFrame) {
        guard let link else { return }
        do throws(ZeroMQError) {
            try backlog.send(frame) { frame throws(ZeroMQError) in try link.send(frame) }
        } catch {
            apply(.lost(reason: "\(error)"))
        }
    }

    // MARK: Frames in

    func monitorSaid(_ event: SocketMonitor.Event) {
        switch event {
        case .connected: apply(.connected)
        case .disconnected: 
            // What the server had sent before it went is still to be read.
            _ = drain()
            apply(.lost(reason: "the server is not there"))
        case .handshakeFailed: apply(.lost(reason: "the server speaks another protocol or has another key"))
        case .other: break
        }
    }

    /// Messages read before other work gets its turn.
    private static let batch = 256

    func drain() -> Bool {
        guard let link else { return false }
        do throws(ZeroMQError) {
            try backlog.flush { frame throws(ZeroMQError) in try link.send(frame) }
            for _ in 0..<Self.batch {
                guard let received = try link.receive() else { return false }
                accept(received)
                if self.link !== link { return false }
            }
            return true
        } catch {
            apply(.lost(reason: "\(error)"))
            return false
        }
    }

    private func accept(_ received: ReceivedMessage) {
        _ = machine.handle(.heard, now: thread.turnTime)
        let frame: IncomingFrame
        do throws(FrameHeader.Problem) {
            frame = try IncomingFrame(received)
        } catch .unknownKind(_, optional: true) {
            return
        } catch {
            return apply(.lost(reason: "the server sent a frame that is none (\(error))"))
        }
        switch frame.header.kind {
        case .helloAck: greeted(frame)
        case .headers, .message, .end: dispatch(frame)
        case .credit: open[frame.header.callID]?.call.link.credit.grant(Int(frame.header.credit))
        case .goAway: wentAway(frame)
        case .ping: control(FrameHeader(.pong, payloadLength: frame.header.payloadLength))
        case .pong, .state, .cancel, .hello, .call: break
        }
    }

    private func greeted(_ frame: IncomingFrame) {
        guard let hello = try? frame.part(as: WireV1.Hello.self), ProtocolVersion.isSpoken(hello) else {
            return apply(.lost(reason: "the server speaks another version of the protocol"))
        }
        peerLimits = hello.connectionLimits
        apply(.greeted(pingInterval: peerLimits.pingInterval))
    }

    private func wentAway(_ frame: IncomingFrame) {
        if let code = StatusCode(rawValue: frame.header.status), code == .unimplemented {
            return apply(.lost(reason: "the server speaks another version of the protocol"))
        }
        apply(.goAway)
        if open.isEmpty { apply(.drained) }
    }

    private func dispatch(_ frame: IncomingFrame) {
        let header = frame.header
        // Frames of calls that ended here a moment ago are nothing unusual.
        guard let entry = open[header.callID] else { return }
        guard header.sequence == entry.expected else {
            return apply(.lost(reason: "frames of a call are missing"))
        }
        entry.expected += 1
        switch header.kind {
        case .headers: initialMetadata(frame, entry.call)
        case .message: message(frame, entry.call)
        default: end(frame, entry.call)
        }
    }

    private func initialMetadata(_ frame: IncomingFrame, _ call: ZeroMQClientCall) {
        guard let part = try? frame.part(as: WireV1.Headers.self), let metadata = try? Metadata(part.metadata) else {
            return protocolError("The server's initial metadata could not be parsed.", call)
        }
        call.link.initialMetadata.set(.success(metadata))
    }

    private func message(_ frame: IncomingFrame, _ call: ZeroMQClientCall) {
        guard let message = frame.message else { return }
        call.link.initialMetadata.set(.success(Metadata()))
        guard call.link.received(message.count) else {
            return protocolError("The server sent more than it had credit for.", call)
        }
        call.inbox.push(message)
    }

    private func end(_ frame: IncomingFrame, _ call: ZeroMQClientCall) {
        forget(frame.header.callID)
        var part = WireV1.End()
        if frame.header.headerLength > 0 {
            guard let parsed = try? frame.part(as: WireV1.End.self) else {
                return call.end(.failure(RPCError(.internal, "The server's status could not be parsed.")))
            }
            part = parsed
        }
        // A code that this release does not know is UNKNOWN, as in gRPC.
        let code = StatusCode(rawValue: frame.header.status) ?? .unknown
        guard code == .ok else {
            return call.end(.failure(part.error(code, isUnprocessed: frame.header.flags.contains(.refused))))
        }
        call.end(.success((try? Metadata(part.metadata)) ?? Metadata()), last: frame.message)
    }

    private func protocolError(_ message: String, _ call: ZeroMQClientCall) {
        call.end(.failure(RPCError(.internal, message)), keepingMessages: false)
        abandon(call.link, .internal)
    }
}
