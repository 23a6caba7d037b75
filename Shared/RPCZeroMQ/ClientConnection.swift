import RPC
import Wire
import ZeroMQ

/// A channel's connection to one replica. It lives on the I/O thread.
///
/// `ConnectionMachine` decides; this carries out: sockets, frames, timers, and the table of open calls.
final class ClientConnection: IOThread.Source {
    /// A call that was sent.
    final class OpenCall {
        let call: ZeroMQClientCall
        var nextSequence: UInt32 = 1
        var expected: UInt32 = 0
        fileprivate(set) var deadline: LoopTimer?

        init(_ call: ZeroMQClientCall) { self.call = call }
    }

    let endpoint: Endpoint
    /// Its own among all replicas that the channel ever had.
    let replica: UInt64
    private let making: ChannelCore.Making
    private let security: DialSecurity
    private unowned let owner: ChannelCore
    private var thread: IOThread { making.thread }

    private(set) var machine = ConnectionMachine()
    private(set) var link: DealerLink?
    private var peerLimits = ConnectionLimits()
    private(set) var open: [UInt64: OpenCall] = [:]
    /// Frames that libzmq would not take yet.
    private var backlog = SendBacklog()
    private var fragments: FragmentQueue
    var received: FragmentReceiver
    /// Whether the two above have ever had anything to do. Most connections never carry a big message, and to ask them
    /// takes longer than to ask this.
    var hasSeenPieces = false
    /// Grows through all sockets: an ended call's frames must never be taken for another's.
    private var lastID: UInt64 = 0
    private var timer: LoopTimer?
    /// What the server says of itself: that it would take work.
    var serves = true
    /// It is on the target's list no more.
    private(set) var isLeaving = false
    /// The last call that a server which goes away took.
    private var lastAccepted: UInt64?

    init(
        _ endpoint: Endpoint, replica: UInt64, owner: ChannelCore, _ making: ChannelCore.Making,
        _ security: DialSecurity
    ) {
        self.endpoint = endpoint
        self.replica = replica
        self.owner = owner
        self.making = making
        self.security = security
        fragments = FragmentQueue(ConnectionLimits())
        received = FragmentReceiver(making.limits)
    }

    // MARK: What the channel asks

    /// Whether a call could be sent now.
    var takesCalls: Bool {
        machine.state == .ready && !isLeaving && open.count < peerLimits.maximumConcurrentCalls
    }

    /// Whether it is connected, or a connection is being made.
    var mayBecomeReady: Bool {
        guard !isLeaving else { return false }
        return switch machine.state {
        case .idle, .connecting, .greeting, .ready: true
        case .draining, .backingOff, .closed: false
        }
    }

    var lastFailure: String { machine.lastFailure }
    var openCallCount: Int { open.count }

    /// Dials, unless it is connected or waits to dial again.
    func want() { apply(.wanted) }

    /// Takes no new calls, and ends with the last open one.
    func leave() {
        guard !isLeaving else { return }
        isLeaving = true
        if open.isEmpty { end() }
    }

    func close() { apply(.close) }

    private func end() {
        apply(.close)
        owner.hasLeft(self)
    }

    // MARK: Calls

    func launch(_ call: ZeroMQClientCall, _ head: borrowing CallHead, _ frame: consuming OutgoingFrame) {
        if let problem = oversize(frame) { return call.end(.failure(problem)) }
        lastID += 1
        let id = lastID
        call.launched(as: id, on: replica, credit: peerLimits.initialStreamCredit)
        let entry = OpenCall(call)
        if let deadline = head.deadline {
            let timer = LoopTimer { [unowned self] in self.expire(id) }
            thread.arm(timer, at: IOThread.clock() + deadline.remaining.nanoseconds)
            entry.deadline = timer
        }
        open[id] = entry
        entry.nextSequence = 0
        send(frame, entry, id)
    }

    /// Sends a frame of a call that was started. Dropped if the call has ended.
    func send(_ frame: OutgoingFrame, on call: ZeroMQClientCall) {
        let id = call.id
        guard let entry = open[id] else { return }
        if let problem = oversize(frame) {
            entry.call.end(.failure(problem), keepingMessages: false)
            return abandon(call, .resourceExhausted)
        }
        send(frame, entry, id)
    }

    private func send(_ frame: consuming OutgoingFrame, _ entry: OpenCall, _ id: UInt64) {
        // What is not in a second part is too short for pieces.
        if frame.second != nil || hasSeenPieces, fragments.isFor(frame, id) {
            hasSeenPieces = true
            fragments.add(frame, of: id)
            sendFragments()
        } else {
            sealAndSend(frame, entry, id)
        }
    }

    private func sealAndSend(_ frame: consuming OutgoingFrame, _ entry: OpenCall, _ id: UInt64) {
        frame.seal(callID: id, sequence: entry.nextSequence)
        entry.nextSequence += 1
        transmit(frame)
    }

    private func sendFragments() {
        while let (id, frame) = fragments.next() {
            if let entry = open[id] { sealAndSend(frame, entry, id) }
        }
    }

    func grant(_ byteCount: Int, on call: ZeroMQClientCall) {
        let id = call.id
        guard open[id] != nil else { return }
        control(FrameHeader(.credit, callID: id, credit: UInt32(clamping: byteCount)))
    }

    /// The server takes more: of a call's messages, or of pieces on the connection.
    func granted(_ header: FrameHeader) {
        guard header.callID == 0 else {
            open[header.callID]?.call.grant(Int(header.credit))
            return
        }
        fragments.grant(Int(header.credit))
        sendFragments()
    }

    /// Forgets a call that its caller has ended, and tells the server.
    func abandon(_ call: ZeroMQClientCall, _ code: StatusCode) {
        let id = call.id
        guard open[id] != nil else { return }
        control(FrameHeader(.cancel, status: code.rawValue, callID: id))
        forget(id)
    }

    private func expire(_ id: UInt64) {
        guard let call = open[id]?.call else { return }
        call.end(.failure(.deadlinePassed), keepingMessages: false)
        abandon(call, .deadlineExceeded)
    }

    /// Removes a call that has ended.
    func forget(_ id: UInt64) {
        guard let entry = open.removeValue(forKey: id) else { return }
        if let timer = entry.deadline { thread.disarm(timer) }
        if hasSeenPieces {
            fragments.drop(id)
            received.drop(id)
        }
        if open.isEmpty {
            if machine.state == .draining { return apply(.drained) }
            if isLeaving { return end() }
        }
        owner.startWaiting()
    }

    /// The server takes no more calls. Those that it did not take were seen by nobody.
    func wentAway(lastAccepted last: UInt64) {
        lastAccepted = last
        apply(.goAway)
        for id in open.keys.filter({ $0 > last }).sorted() {
            let call = open[id]?.call
            forget(id)
            call?.end(.failure(unavailable("the server is shutting down", isUnprocessed: true)))
        }
        if open.isEmpty { apply(.drained) }
    }

    private func oversize(_ frame: borrowing OutgoingFrame) -> RPCError? {
        let byteCount = frame.payloadBytes
        guard byteCount > peerLimits.maximumMessageBytes else { return nil }
        return RPCError(
            .resourceExhausted,
            "The message has \(byteCount) bytes; \(endpoint) takes \(peerLimits.maximumMessageBytes).",
            isUnprocessed: true)
    }

    private func unavailable(_ reason: String, isUnprocessed: Bool) -> RPCError {
        RPCError(.unavailable, "No connection to \(endpoint): \(reason).", isUnprocessed: isUnprocessed)
    }

    // MARK: The machine's actions

    func apply(_ event: ConnectionMachine.Event) {
        for action in machine.handle(event, now: IOThread.clock(), jitter: making.jitter()) { perform(action) }
    }

    /// The server said how it is and what it takes.
    func greeted(_ limits: ConnectionLimits, serves: Bool, joinsFrames: Bool) {
        peerLimits = limits
        backlog.joins = joinsFrames
        fragments = FragmentQueue(limits)
        self.serves = serves
        apply(.greeted(pingInterval: limits.pingInterval))
    }

    func heard() { _ = machine.handle(.heard, now: thread.turnTime) }

    private func perform(_ action: ConnectionMachine.Action) {
        switch action {
        case .openSocket: openSocket()
        case .sayGoodbye: control(FrameHeader(.goAway))
        case .closeSocket:
            flush()
            link?.close()
            link = nil
            backlog.removeAll()
        case .sendHello: sendHello()
        case .sendPing: control(FrameHeader(.ping, payloadLength: UInt32(truncatingIfNeeded: lastID)))
        case .startWaiting: owner.startWaiting()
        case .failOpen(let reason): failOpen(reason)
        case .failWaiting: isLeaving ? owner.hasLeft(self) : owner.connectionFailed()
        case .setTimer(let instant):
            let timer = timer ?? LoopTimer { [weak self] in self?.apply(.timer) }
            self.timer = timer
            thread.arm(timer, at: instant)
        case .clearTimer: if let timer { thread.disarm(timer) }
        }
    }

    private func failOpen(_ reason: String) {
        let failed = open
        open = [:]
        fragments = FragmentQueue(ConnectionLimits())
        received = FragmentReceiver(making.limits)
        let last = lastAccepted
        lastAccepted = nil
        for (id, entry) in failed {
            if let timer = entry.deadline { thread.disarm(timer) }
            entry.call.end(.failure(unavailable(reason, isUnprocessed: last.map { id > $0 } ?? false)))
        }
    }

    private func openSocket() {
        do throws(ZeroMQError) {
            link = try DealerLink(
                to: endpoint, thread: thread, context: making.context, limits: making.limits, security: security,
                owner: self)
        } catch {
            apply(.lost(reason: "\(error)"))
        }
    }

    // MARK: Frames out

    func control(_ header: FrameHeader) {
        var frame = OutgoingFrame(header)
        frame.seal(callID: header.callID)
        transmit(frame)
    }

    private func sendHello() {
        var frame = OutgoingFrame(
            FrameHeader(.hello),
            part: WireV1.Hello(
                making.limits, identity: making.identity, serving: true, now: IOThread.clock() / 1000))
        frame.seal()
        transmit(frame)
    }

    private func transmit(_ frame: consuming OutgoingFrame) {
        guard let link else { return }
        if backlog.add(frame) { flush() } else { link.flushLater() }
    }

    func flush() {
        guard let link, !backlog.isEmpty else { return }
        do throws(ZeroMQError) {
            _ = try backlog.flush { first, second throws(ZeroMQError) in try link.send(first, second) }
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
            while drain() {}
            apply(.lost(reason: "the server is not there"))
        case .handshakeFailed: apply(.lost(reason: "the server speaks another protocol or has another key"))
        case .other: break
        }
    }

    /// Frames read before other work gets its turn, and a message's worth more.
    private static let batch = 256

    func drain() -> Bool {
        guard let link else { return false }
        var count = 0
        do throws(ZeroMQError) {
            while count < Self.batch {
                guard let received = try link.receive() else {
                    guard backlog.isBlocked else { return false }
                    flush()
                    return !backlog.isBlocked
                }
                count += accept(received, from: link)
                if self.link !== link { return false }
                // Nobody waits for anything. To find the socket empty takes system calls, and would have to be done once
                // more after the next call.
                if open.isEmpty { return true }
            }
            return true
        } catch {
            apply(.lost(reason: "\(error)"))
            return false
        }
    }
}

extension RPCError {
    static let deadlinePassed = RPCError(.deadlineExceeded, "The deadline passed before the call was done.")
}
