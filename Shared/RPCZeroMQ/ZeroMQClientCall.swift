import RPC
import Wire
import ZeroMQ

/// A call over a ZeroMQ connection, as its caller holds it.
final class ZeroMQClientCall: ClientCall {
    let link: ClientCallLink
    let inbox: Inbox

    init(_ core: Confined<ChannelCore>) {
        let link = ClientCallLink(core)
        self.link = link
        inbox = Inbox { link.took($0) }
    }

    /// Ends the call for the caller. Messages that came before a status of the server are still read.
    func end(_ result: Result<Metadata, RPCError>, last: Payload? = nil, keepingMessages: Bool = true) {
        guard link.end(result) else { return }
        switch result {
        case .success: last.map(inbox.finish(with:)) ?? inbox.finish()
        case .failure(let error): inbox.fail(error, keepingMessages: keepingMessages)
        }
    }

    func readyToSend() async throws(RPCError) { try await link.credit.acquire() }

    func send(_ message: borrowing Packing) {
        link.credit.spend(message.byteCount)
        let frame = OutgoingFrame(FrameHeader(.message), part: WireV1.Call?.none, message: message)
        link.core.perform { $0.send(frame, on: self.link) }
    }

    func halfClose() {
        let frame = OutgoingFrame(FrameHeader(.message, flags: .endOfStream))
        link.core.perform { $0.send(frame, on: self.link) }
    }

    func next() async throws(RPCError) -> Payload? {
        do throws(RPCError) {
            return try await inbox.next()
        } catch {
            // A cancelled task cancels its call; an end that came from elsewhere makes this a no-op.
            if error.code == .cancelled { cancel() }
            throw error
        }
    }

    func nextArrived() -> Payload? { inbox.nextArrived() }

    func initialMetadata() async throws(RPCError) -> Metadata { try await link.initialMetadata.wait() }

    var trailingMetadata: Metadata { link.trailingMetadata }

    var hasAnswered: Bool {
        if case .success? = link.initialMetadata.current { true } else { false }
    }

    var replica: UInt64? { link.replica }

    func cancel() {
        guard !link.hasEnded else { return }
        end(.failure(RPCError(.cancelled, "The call was cancelled by its own side.")), keepingMessages: false)
        link.core.perform { $0.abandon(self.link, .cancelled) }
    }
}
