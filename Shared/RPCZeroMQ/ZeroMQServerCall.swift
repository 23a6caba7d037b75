import RPC
import Synchronization
import Wire
import ZeroMQ

/// A call over a ZeroMQ connection: what its handler and its place on the connection share.
///
/// One object with everything in it, because it is made for every call.
final class ZeroMQServerCall: ServerCall {
    let scope: CallScope
    let peer: String
    let id: UInt64
    let credit: CreditGate
    let inbox = Inbox()
    private let listener: Confined<Listener>
    private let routingID: RoutingID
    private let crowd: Crowd
    private let window: Mutex<ReceiveWindow>
    private let ended = Atomic<Bool>(false)
    private let task = Mutex<Task<Void, Never>?>(nil)

    /// - Parameters:
    ///   - peerWindow: bytes that the caller takes before it grants more.
    ///   - ownWindow: bytes that are taken from it so.
    ///   - crowd: the server's open calls.
    init(
        _ head: CallHead, id: UInt64, of peer: ServerPeer, _ listener: Confined<Listener>, peerWindow: Int,
        ownWindow: Int, in crowd: Crowd
    ) {
        scope = CallScope(head)
        self.id = id
        self.listener = listener
        self.peer = peer.shownName
        routingID = peer.id
        self.crowd = crowd
        credit = CreditGate(window: peerWindow)
        window = Mutex(ReceiveWindow(window: ownWindow))
    }

    // MARK: For the connection

    var hasEnded: Bool { ended.load(ordering: .acquiring) }

    /// - Returns: false if the call had ended before; only the first end is sent.
    func end() -> Bool { !ended.exchange(true, ordering: .acquiringAndReleasing) }

    /// Counts a message of the stream; false if the caller had no credit for it.
    func received(_ byteCount: Int) -> Bool { window.withLock { $0.received(byteCount) } }

    func run(_ task: Task<Void, Never>) {
        self.task.withLock { $0 = task }
        if hasEnded { task.cancel() }
    }

    /// Stops the handler: nothing that it sends goes out any more.
    func stop(_ error: RPCError) {
        inbox.fail(error)
        credit.close(error)
        task.withLock { $0 }?.cancel()
    }

    // MARK: For the handler

    func next() async throws(RPCError) -> Payload? {
        let message = try await inbox.next()
        if let message, let grant = window.withLock({ $0.took(message.count) }), !hasEnded {
            listener.submit { [routingID, id] in $0.grant(grant, routingID, id) }
        }
        return message
    }

    func onlyMessage() -> Payload? { inbox.takeOnly() }

    func sendInitialMetadata(_ metadata: Metadata) {
        guard !hasEnded else { return }
        var part = WireV1.Headers()
        part.metadata = metadata.wireEntries
        transmit(OutgoingFrame(FrameHeader(.headers), part: part))
    }

    func readyToSend() async throws(RPCError) { try await credit.acquire() }

    func send(_ message: borrowing Packing) {
        guard !hasEnded else { return }
        credit.spend(message.byteCount)
        transmit(OutgoingFrame(FrameHeader(.message), part: WireV1.End?.none, message: message))
    }

    func finish(trailing: Metadata) {
        guard end() else { return }
        let header = FrameHeader(.end, flags: .endOfStream)
        transmit(trailing.isEmpty ? OutgoingFrame(header) : OutgoingFrame(header, part: WireV1.End(trailing: trailing)))
    }

    func finish(trailing: Metadata, with message: borrowing Packing) {
        guard end() else { return }
        transmit(
            OutgoingFrame(
                FrameHeader(.end, flags: .endOfStream), part: trailing.isEmpty ? nil : WireV1.End(trailing: trailing),
                message: message))
    }

    func finish(_ error: RPCError) {
        guard end() else { return }
        transmit(OutgoingFrame(ending: error))
    }

    private func transmit(_ frame: OutgoingFrame) {
        if let listener = listener.ifCurrent {
            listener.send(frame, routingID, id)
        } else {
            let send: @Sendable (Listener) -> Void = { [routingID, id] in $0.send(frame, routingID, id) }
            // Messages of a stream gain from going together, and so do the ends of several calls.
            if frame.header.kind == .end, crowd.count <= 1 { listener.submitPromptly(send) } else { listener.submit(send) }
        }
    }
}
