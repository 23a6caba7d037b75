import Wire
import ZeroMQ

/// Messages that go out in pieces, and what their calls send after them.
///
/// Calls take turns, a piece each, and no more pieces are under way than the other side granted: so a small call's
/// frames, which go past this queue, never wait for a big message. Only so many messages are begun at once, because the
/// other side has to hold what it has of each.
struct FragmentQueue {
    /// A message of which `sent` bytes have gone, and the frames that have to come after it.
    private struct Waiting {
        let message: Frame
        var sent = 0
        let flags: FrameHeader.Flags
        var after: [OutgoingFrame] = []

        /// Bytes of messages in it that have not gone.
        var byteCount: Int { after.reduce(message.count - sent) { $0 + $1.payloadBytes } }
    }

    private let fragmentBytes: Int
    /// Whether the other side takes pieces at all.
    private let cutsUp: Bool
    /// Bytes that the other side still takes; below zero by no more than a piece.
    private var credit: Int
    /// By call; none is empty.
    private var calls: [UInt64: [Waiting]] = [:]
    /// Calls that take turns: each has begun a message or is about to. A call that was dropped is passed over.
    private var turns: [UInt64] = []
    /// Calls that take no turns yet, from `firstLater` on.
    private var later: [UInt64] = []
    private var firstLater = 0
    /// Frames whose messages have gone.
    private var ready: [(call: UInt64, frame: OutgoingFrame)] = []
    /// Bytes of messages that wait.
    private(set) var byteCount = 0

    /// - Parameter limits: what the other side takes.
    init(_ limits: ConnectionLimits) {
        fragmentBytes = max(ConnectionLimits.inlinePayloadBytes, limits.maximumFragmentBytes)
        credit = limits.initialConnectionCredit
        cutsUp = limits.initialConnectionCredit > 0
    }

    var isEmpty: Bool { calls.isEmpty && ready.isEmpty }

    /// Whether a frame of the call has to wait in this queue: it is too long, or others of the call wait already.
    func isFor(_ frame: OutgoingFrame, _ call: UInt64) -> Bool {
        isTooLong(frame) || (!calls.isEmpty && calls[call] != nil)
    }

    private func isTooLong(_ frame: OutgoingFrame) -> Bool { cutsUp && frame.payloadBytes > fragmentBytes }

    mutating func grant(_ byteCount: Int) { credit += byteCount }

    /// Adds a frame that ``isFor(_:_:)`` this queue.
    mutating func add(_ frame: OutgoingFrame, of call: UInt64) {
        byteCount += frame.payloadBytes
        guard isTooLong(frame), let message = frame.second else {
            if let last = calls[call]?.indices.last { calls[call]?[last].after.append(frame) }
            return
        }
        let header = frame.header
        if header.kind == .call { ready.append((call, frame.withoutMessage(.call))) }
        var waiting = Waiting(message: message, flags: header.kind == .end ? [] : header.flags)
        if header.kind == .end { waiting.after = [frame.withoutMessage(.end)] }
        if calls[call] == nil { later.append(call) }
        calls[call, default: []].append(waiting)
    }

    /// The next frame that may go; nil while there is none.
    mutating func next() -> (call: UInt64, frame: OutgoingFrame)? {
        if !ready.isEmpty { return ready.removeFirst() }
        guard credit > 0 else { return nil }
        while let call = takeTurn() {
            // Taken out, so that it is changed in its place.
            guard var queue = calls.removeValue(forKey: call) else { continue }
            let frame = piece(of: &queue[0])
            let isDone = queue[0].sent == queue[0].message.count
            if isDone {
                let done = queue.removeFirst()
                Self.letGo(done.message)
                for frame in done.after {
                    byteCount -= frame.payloadBytes
                    ready.append((call, frame))
                }
            }
            if !queue.isEmpty {
                calls[call] = queue
                if isDone { later.append(call) } else { turns.append(call) }
            }
            return (call, frame)
        }
        return nil
    }

    /// Gives a message's memory back elsewhere: for megabytes that takes milliseconds, in which this thread would do nothing
    /// else.
    private static func letGo(_ message: Frame) {
        guard message.count >= ConnectionLimits.bytesFreedElsewhere else { return }
        Task.detached { withExtendedLifetime(message) {} }
    }

    private mutating func takeTurn() -> UInt64? {
        while turns.count < ConnectionLimits.messagesInPiecesAtOnce, firstLater < later.count {
            turns.append(later[firstLater])
            firstLater += 1
        }
        if firstLater * 2 > later.count {
            later.removeFirst(firstLater)
            firstLater = 0
        }
        return turns.isEmpty ? nil : turns.removeFirst()
    }

    private mutating func piece(of waiting: inout Waiting) -> OutgoingFrame {
        let count = min(fragmentBytes, waiting.message.count - waiting.sent)
        let isLast = waiting.sent + count == waiting.message.count
        let frame = OutgoingFrame(
            fragmentOf: waiting.message, from: waiting.sent, count: count, isLast: isLast, waiting.flags)
        waiting.sent += count
        credit -= count
        byteCount -= count
        return frame
    }

    /// Forgets what waits of a call.
    mutating func drop(_ call: UInt64) {
        ready.removeAll { $0.call == call }
        for waiting in calls.removeValue(forKey: call) ?? [] { byteCount -= waiting.byteCount }
    }
}
