import ZeroMQ

/// Frames on their way to libzmq, in order: those of one turn, which are handed over together because that is what lets libzmq
/// write many at a time, and those that it would not take at once.
struct SendBacklog {
    private var frames: [OutgoingFrame] = []
    /// Bytes of messages that wait. A client's are bounded by its callers, who wait for their answers; a server gives
    /// up a peer that lets more than ``ConnectionLimits/maximumBacklogBytes`` pile up.
    private(set) var byteCount = 0
    /// libzmq took no more at the last try; the next one waits for its sign.
    private(set) var isBlocked = false

    /// Frames that are handed over together. More wait longer than they gain.
    private static let corkFrames = 16

    var isEmpty: Bool { frames.isEmpty }

    /// Adds a frame after those that wait.
    /// - Returns: whether there are enough to be handed over now.
    mutating func add(_ frame: OutgoingFrame) -> Bool {
        frames.append(frame)
        byteCount += frame.payloadBytes
        return frames.count >= Self.corkFrames && !isBlocked
    }

    /// Hands over what waits, as far as libzmq takes it.
    /// - Returns: false if the peer is not there any more.
    mutating func flush(by offer: (OutgoingFrame) throws(ZeroMQError) -> Socket.SendResult) throws(ZeroMQError) -> Bool {
        var sent = 0
        defer {
            if sent == frames.count { frames.removeAll(keepingCapacity: true) } else { frames.removeFirst(sent) }
        }
        for frame in frames {
            let result = try offer(frame)
            isBlocked = result == .notNow
            guard !isBlocked else { return true }
            guard result == .sent else { return false }
            sent += 1
            byteCount -= frame.payloadBytes
        }
        return true
    }

    mutating func removeAll() {
        frames = []
        byteCount = 0
        isBlocked = false
    }
}
