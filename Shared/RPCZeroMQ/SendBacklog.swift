import ZeroMQ

/// Frames that libzmq would not take at once, in order.
struct SendBacklog {
    private var frames: [OutgoingFrame] = []
    /// Bytes of messages that wait. A client's are bounded by its callers, who wait for their answers; a server gives
    /// up a peer that lets more than ``ConnectionLimits/maximumBacklogBytes`` pile up.
    private(set) var byteCount = 0

    var isEmpty: Bool { frames.isEmpty }

    /// Sends a frame after those that wait, or lets it wait too.
    /// - Returns: what became of the frame.
    @discardableResult
    mutating func send(
        _ frame: OutgoingFrame, by offer: (OutgoingFrame) throws(ZeroMQError) -> Socket.SendResult
    ) throws(ZeroMQError) -> Socket.SendResult {
        try flush(by: offer)
        let result = frames.isEmpty ? try offer(frame) : .notNow
        if result == .notNow {
            frames.append(frame)
            byteCount += frame.payloadBytes
        }
        return result
    }

    /// Sends what waits, as far as libzmq takes it.
    mutating func flush(by offer: (OutgoingFrame) throws(ZeroMQError) -> Socket.SendResult) throws(ZeroMQError) {
        guard !frames.isEmpty else { return }
        var sent = 0
        defer { frames.removeFirst(sent) }
        for frame in frames {
            guard try offer(frame) != .notNow else { return }
            sent += 1
            byteCount -= frame.payloadBytes
        }
    }

    mutating func removeAll() {
        frames = []
        byteCount = 0
    }
}
