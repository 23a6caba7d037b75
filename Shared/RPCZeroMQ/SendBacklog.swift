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
    /// Whether the other side takes several frames in one ZeroMQ message.
    var joins = false

    /// Frames that are handed over together. More wait longer than they gain.
    private static let corkFrames = 32
    /// Bytes of frames that share a ZeroMQ message. More would keep them from being written while others are made.
    private static let joinedBytes = 32 << 10

    var isEmpty: Bool { frames.isEmpty }

    /// Adds a frame after those that wait.
    /// - Returns: whether there are enough to be handed over now.
    mutating func add(_ frame: consuming OutgoingFrame) -> Bool {
        byteCount += frame.payloadBytes
        frames.append(frame)
        return frames.count >= Self.corkFrames && !isBlocked
    }

    /// Hands over what waits, as far as libzmq takes it.
    /// - Parameter offer: takes the parts of a ZeroMQ message.
    /// - Returns: false if the peer is not there any more.
    mutating func flush(
        by offer: (Frame, Frame?) throws(ZeroMQError) -> Socket.SendResult
    ) throws(ZeroMQError) -> Bool {
        var sent = 0
        defer {
            if sent == frames.count { frames.removeAll(keepingCapacity: true) } else { frames.removeFirst(sent) }
        }
        while sent < frames.count {
            let end = endOfMessage(from: sent)
            let result = try offer(OutgoingFrame.joined(frames.span.extracting(sent..<end)), frames[sent].second)
            isBlocked = result == .notNow
            guard !isBlocked else { return true }
            guard result == .sent else { return false }
            for index in sent..<end { byteCount -= frames.span[index].payloadBytes }
            sent = end
        }
        return true
    }

    /// Where the frames end that leave in one message with the one at `start`.
    private func endOfMessage(from start: Int) -> Int {
        let frames = frames.span
        guard joins, frames[start].mayBeJoined else { return start + 1 }
        var end = start + 1
        var bytes = frames[start].byteCount
        while end < frames.count, end - start < Self.corkFrames, frames[end].mayBeJoined {
            bytes += frames[end].byteCount
            guard bytes <= Self.joinedBytes else { break }
            end += 1
        }
        return end
    }

    mutating func removeAll() {
        frames = []
        byteCount = 0
        isBlocked = false
        joins = false
    }
}
