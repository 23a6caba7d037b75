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
        transmit(OutgoingFrame(FrameHeader(.headers), part: part))
    }

    func readyToSend() async throws(RPCError) { try await link.credit.acquire() }

    func send(_ message: borrowing Packing) {
        guard !link.hasEnded else { return }
        link.credit.spend(message.byteCount)
        transmit(OutgoingFrame(FrameHeader(.message), part: WireV1.End?.none, message: message))
    }

    func finish(trailing: Metadata) {
        guard link.end() else { return }
        let header = FrameHeader(.end, flags: .endOfStream)
        transmit(
            trailing.isEmpty ? OutgoingFrame(header) : OutgoingFrame(header, part: WireV1.End(trailing: trailing)))
    }

    func finish(trailing: Metadata, with message: borrowing Packing) {
        guard link.end() else { return }
        transmit(
            OutgoingFrame(
                FrameHeader(.end, flags: .endOfStream), part: trailing.isEmpty ? nil : WireV1.End(trailing: trailing),
                message: message))
    }

    func finish(_ error: RPCError) {
        guard link.end() else { return }
        transmit(OutgoingFrame(ending: error))
    }

    private func transmit(_ frame: OutgoingFrame) {
        let link = link
        link.listener.perform { $0.send(frame, link.peer, link.id) }
    }
}
