import Wire
import ZeroMQ

/// Messages that go out in pieces, and what their calls send after them.
///
/// Calls take turns, a piece each, and no more pieces are under way than the other side granted: so a small call's
/// frames, which go past this queue, never wait for a big message.
struct FragmentQueue {
    private enum Item {
        case frame(OutgoingFrame)
        /// A message of which `sent` bytes have gone.
        case message(Frame, sent: Int, flags: FrameHeader.Flags)

        /// Bytes of messages in it that have not gone.
        var byteCount: Int {
            switch self {
            case .frame(let frame): frame.payloadBytes
            case .message(let message, let sent, _): message.count - sent
            }
        }
    }

    private struct CallQueue {
        let id: UInt64
        var items: [Item]
    }

    private let fragmentBytes: Int
    /// Whether the other side takes pieces at all.
    private let cutsUp: Bool
    /// Bytes that the other side still takes; below zero by no more than a piece.
    private var credit: Int
    /// Whose turn it is, first.
    private var calls: [CallQueue] = []
    /// Bytes of messages that wait.
    private(set) var byteCount = 0

    /// - Parameter limits: what the other side takes.
    init(_ limits: ConnectionLimits) {
        fragmentBytes = max(ConnectionLimits.inlinePayloadBytes, limits.maximumFragmentBytes)
        credit = limits.initialConnectionCredit
        cutsUp = limits.initialConnectionCredit > 0
    }

    var isEmpty: Bool { calls.isEmpty }

    /// Whether a frame of the call has to wait in this queue: it is too long, or others of the call wait already.
    func isFor(_ frame: OutgoingFrame, _ call: UInt64) -> Bool {
        if cutsUp, frame.payloadBytes > fragmentBytes { return true }
        return !calls.isEmpty && calls.contains { $0.id == call }
    }

    mutating func grant(_ byteCount: Int) { credit += byteCount }

    mutating func add(_ frame: OutgoingFrame, of call: UInt64) {
        let items = Self.items(of: frame, cutUp: cutsUp && frame.payloadBytes > fragmentBytes)
        byteCount += frame.payloadBytes
        if let index = calls.firstIndex(where: { $0.id == call }) {
            calls[index].items += items
        } else {
            calls.append(CallQueue(id: call, items: items))
        }
    }

    private static func items(of frame: OutgoingFrame, cutUp: Bool) -> [Item] {
        guard cutUp, let message = frame.second else { return [.frame(frame)] }
        let flags = frame.header.flags
        switch frame.header.kind {
        case .call: return [.frame(frame.withoutMessage(.call)), .message(message, sent: 0, flags: flags)]
        case .end: return [.message(message, sent: 0, flags: []), .frame(frame.withoutMessage(.end))]
        default: return [.message(message, sent: 0, flags: flags)]
        }
    }

    /// The next frame that may go; nil while there is none.
    mutating func next() -> (call: UInt64, frame: OutgoingFrame)? {
        for turn in calls.indices {
            guard let frame = takeNext(of: turn) else { continue }
            let queue = calls.remove(at: turn)
            if !queue.items.isEmpty { calls.append(queue) }
            return (queue.id, frame)
        }
        return nil
    }

    private mutating func takeNext(of turn: Int) -> OutgoingFrame? {
        switch calls[turn].items[0] {
        case .frame(let frame):
            calls[turn].items.removeFirst()
            byteCount -= frame.payloadBytes
            return frame
        case .message(let message, let sent, let flags):
            guard credit > 0 else { return nil }
            let count = min(fragmentBytes, message.count - sent)
            let isLast = sent + count == message.count
            let fragment = OutgoingFrame(fragmentOf: message, from: sent, count: count, isLast: isLast, flags)
            credit -= count
            byteCount -= count
            if isLast {
                calls[turn].items.removeFirst()
            } else {
                calls[turn].items[0] = .message(message, sent: sent + count, flags: flags)
            }
            return fragment
        }
    }

    /// Forgets what waits of a call.
    mutating func drop(_ call: UInt64) {
        guard let index = calls.firstIndex(where: { $0.id == call }) else { return }
        for item in calls.remove(at: index).items { byteCount -= item.byteCount }
    }
}
