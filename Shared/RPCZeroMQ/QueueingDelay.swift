/// Estimates how long a call spent in queues on its way, from two clocks that need not agree.
///
/// The difference between the receiver's clock at receipt and the sender's at sending is the clocks' offset, the way, and
/// the time in queues. The first two hardly change: the smallest difference seen lately is taken for them. Lately,
/// because clocks drift.
struct QueueingDelay: Hashable, Sendable {
    /// How long a smallest difference counts, in microseconds; up to twice that.
    static let window: Int64 = 60_000_000

    private var windowBegin: Int64 = 0
    private var smallest: Int64?
    private var smallestBefore: Int64?

    /// The microseconds that this call spent in queues.
    /// - Parameters:
    ///   - sent: the sender's clock at sending, in microseconds.
    ///   - received: the receiver's clock at receipt, in microseconds.
    mutating func delay(sent: UInt64, received: UInt64) -> Int64 {
        let now = Int64(clamping: received)
        let difference = now &- Int64(clamping: sent)
        if now - windowBegin > Self.window {
            smallestBefore = now - windowBegin > 2 * Self.window ? nil : smallest
            smallest = nil
            windowBegin = now
        }
        smallest = min(smallest ?? difference, difference)
        let base = min(smallest ?? difference, smallestBefore ?? difference)
        // A client may call any number its clock: between the ends of all numbers there is room for more than one of them.
        let (delay, isBeyond) = difference.subtractingReportingOverflow(base)
        return isBeyond ? .max : delay
    }
}
