package import RPC
package import Wire
import ZeroMQ

/// Calls a target's services over ZeroMQ, each call at one of its replicas.
///
/// Connections are dialled with the first call and kept. While there is none, calls fail with UNAVAILABLE at once unless
/// they are told to wait.
package struct ZeroMQChannel: Channel {
    private let core: Confined<ChannelCore>
    private let window: Int
    private let crowd = Crowd()
    package let decodeLimits: DecodeLimits

    init(_ core: Confined<ChannelCore>, _ limits: ConnectionLimits) {
        self.core = core
        window = limits.initialStreamCredit
        var decoding = DecodeLimits.default
        decoding.maxBytes = limits.maximumMessageBytes
        decodeLimits = decoding
    }

    package func begin(_ head: CallHead, only first: borrowing Packing) -> any ClientCall {
        let part = head.part(now: IOThread.clock() / 1000)
        return start(head, OutgoingFrame(FrameHeader(.call, flags: .endOfStream), part: part, message: first))
    }

    package func begin(_ head: CallHead) -> any ClientCall {
        start(head, OutgoingFrame(FrameHeader(.call), part: head.part(now: IOThread.clock() / 1000)))
    }

    private func start(_ head: CallHead, _ frame: OutgoingFrame) -> any ClientCall {
        let isOneOfFew = crowd.enter()
        let call = ZeroMQClientCall(core, in: crowd, window: window)
        if let core = core.ifCurrent {
            core.start(call, head, frame)
        } else if isOneOfFew {
            core.submitPromptly { $0.start(call, head, frame) }
        } else {
            core.submit { $0.start(call, head, frame) }
        }
        return call
    }

    /// Ends the connections and every call on them; further calls are UNAVAILABLE.
    package func close() { core.submit { $0.close() } }
}
