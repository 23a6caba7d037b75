import RPC
import Wire

/// Puts the messages of a connection together that come in pieces, and says when the other side may send more.
struct FragmentReceiver {
    /// Bytes that have come and were not granted again.
    private var taken = 0
    private let window: Int
    private let maximumMessageBytes: Int
    /// Bytes in messages of which the last piece has not come.
    private var unfinishedBytes = 0
    private var unfinished: [UInt64: PayloadBuilder] = [:]

    /// - Parameter limits: what this side takes.
    init(_ limits: ConnectionLimits) {
        window = limits.initialConnectionCredit
        maximumMessageBytes = limits.maximumMessageBytes
    }

    /// Counts a piece, whatever becomes of it.
    /// - Returns: bytes to grant now, if it is time to.
    mutating func count(_ piece: Payload) -> Int? {
        taken += piece.count
        guard taken * 2 >= window else { return nil }
        defer { taken = 0 }
        return taken
    }

    /// Adds a piece of a call's message.
    /// - Returns: the message, when this was its last piece.
    /// - Throws: what the call ends with.
    mutating func add(_ piece: Payload, _ header: FrameHeader) throws(RPCError) -> Payload? {
        let id = header.callID
        let builder: PayloadBuilder
        if let known = unfinished[id] {
            builder = known
        } else {
            builder = PayloadBuilder(expected: try expected(header))
            unfinished[id] = builder
        }
        let isWithin = builder.add(piece)
        unfinishedBytes += isWithin ? piece.count : 0
        let isLast = !header.flags.contains(.more)
        guard isWithin, !isLast || builder.isComplete else {
            drop(id)
            throw RPCError(.internal, "The pieces of a message do not make up the length that was announced.")
        }
        guard unfinishedBytes <= max(ConnectionLimits.maximumUnfinishedBytes, maximumMessageBytes) else {
            drop(id)
            throw RPCError(.resourceExhausted, "The connection has too many unfinished messages at once.")
        }
        guard isLast else { return nil }
        drop(id)
        return builder.finish()
    }

    private func expected(_ header: FrameHeader) throws(RPCError) -> Int {
        let total = Int(header.totalLength)
        guard total > 0 else { throw RPCError(.internal, "A message begins in its middle.") }
        guard total <= maximumMessageBytes else {
            throw RPCError(
                .resourceExhausted, "The message has \(total) bytes; at most \(maximumMessageBytes) are taken.")
        }
        return total
    }

    /// Whether a message of the call is incomplete.
    func isReceiving(_ call: UInt64) -> Bool { !unfinished.isEmpty && unfinished[call] != nil }

    /// Forgets the pieces of a call that has ended.
    mutating func drop(_ call: UInt64) {
        guard !unfinished.isEmpty, let builder = unfinished.removeValue(forKey: call) else { return }
        unfinishedBytes -= builder.count
    }
}
