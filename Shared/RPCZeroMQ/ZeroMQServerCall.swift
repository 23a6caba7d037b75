import RPC
import Wire
import ZeroMQ

/// A call over a ZeroMQ connection, as the server's executor holds it.
final class ZeroMQServerCall: ServerCall {
    let link: ServerCallLink
    let head: CallHead
    let peer: String

    init(_ link: ServerCallLink, _ head: CallHead, peer: String) {
        self.link = link
        self.head = head
        self.peer = peer
    }

    func next() async throws(RPCError) -> Payload? { try await link.inbox.next() }

    func sendInitialMetadata(_ metadata: Metadata) {
        guard !link.hasEnded else { return }
        var part = WireV1.Headers()
        part.metadata = metadata.wireEntries
        transmit(OutgoingFrame(FrameHeader(.headers), part: part), isEnd: false)
    }

    func readyToSend() async throws(RPCError) { try await link.credit.acquire() }

    func send(_ message: borrowing Packing) {
        guard !link.hasEnded else { return }
        link.credit.spend(message.byteCount)
        transmit(OutgoingFrame(FrameHeader(.message), part: WireV1.End?.none, message: message), isEnd: false)
    }

    func finish(trailing: Metadata) {
        guard link.end() else { return }
        let header = FrameHeader(.end, flags: .endOfStream)
        transmit(
            trailing.isEmpty ? OutgoingFrame(header) : OutgoingFrame(header, part: WireV1.End(trailing: trailing)),
            isEnd: true)
    }

    func finish(trailing: Metadata, with message: borrowing Packing) {
        guard link.end() else { return }
        transmit(
            OutgoingFrame(
                FrameHeader(.end, flags: .endOfStream), part: trailing.isEmpty ? nil : WireV1.End(trailing: trailing),
                message: message),
            isEnd: true)
    }

    func finish(_ error: RPCError) {
        guard link.end() else { return }
        var flags = FrameHeader.Flags.endOfStream
        if error.isUnprocessed { flags.insert(.refused) }
        transmit(
            OutgoingFrame(FrameHeader(.end, flags: flags, status: error.code.rawValue), part: WireV1.End(error)),
            isEnd: true)
    }

    private func transmit(_ frame: OutgoingFrame, isEnd: Bool) {
        let link = link
        link.listener.perform { $0.send(frame, link.peer, link.id, isEnd: isEnd) }
    }
}
