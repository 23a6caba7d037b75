import ZeroMQ

/// Frames that libzmq would not take at once, in order. Credit and the limit on calls bound it.
struct SendBacklog {
    private var frames: [OutgoingFrame] = []

    var isEmpty: Bool { frames.isEmpty }

    /// Sends a frame after those that wait, or lets it wait too.
    mutating func send(
        _ frame: OutgoingFrame, by offer: (OutgoingFrame) throws(ZeroMQError) -> Socket.SendResult
    ) throws(ZeroMQError) {
        try flush(by: offer)
        guard frames.isEmpty, try offer(frame) != .notNow else { return frames.append(frame) }
    }

    /// Sends what waits, as far as libzmq takes it.
    mutating func flush(by offer: (OutgoingFrame) throws(ZeroMQError) -> Socket.SendResult) throws(ZeroMQError) {
        guard !frames.isEmpty else { return }
        var sent = 0
        defer { frames.removeFirst(sent) }
        for frame in frames {
            guard try offer(frame) != .notNow else { return }
            sent += 1
        }
    }

    mutating func removeAll() { frames = [] }
}
