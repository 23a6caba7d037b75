import RPC

/// What one side of a connection takes, as it tells the other in HELLO and HELLO_ACK.
package struct ConnectionLimits: Hashable, Sendable {
    /// Largest message in bytes.
    package var maximumMessageBytes = 4 << 20
    /// Largest sum of key and value bytes in one list of metadata.
    package var maximumMetadataBytes = Metadata.defaultLimitBytes
    /// Bytes that a stream may send before it was granted more.
    package var initialStreamCredit = CreditGate.initialWindowBytes
    /// Largest piece in bytes that a message is taken in; the other side cuts longer ones up.
    package var maximumFragmentBytes = 64 << 10
    /// Bytes of such pieces that may be under way before more was granted; zero: none are taken.
    package var initialConnectionCredit = 256 << 10
    /// Calls that may be open at once on one connection.
    package var maximumConcurrentCalls = 10_000
    /// How often a client sends a PING, and the measure of silence on both sides.
    package var pingInterval = Duration.seconds(2)

    package init() {}

    /// Silent intervals after which the other side is taken for dead.
    package static let missedPings = 3
    /// Connections that a server looks after at once.
    package static let maximumPeers = 4_096
    /// Calls that a channel keeps for a connection that is not ready or has as many as it may have.
    package static let maximumWaitingCalls = 10_000
    /// Bytes of messages of which the last piece has not come; the largest message, if that is more.
    package static let maximumUnfinishedBytes = 64 << 20
    /// Messages that are sent in pieces at the same time; others begin when one of them is done.
    package static let messagesInPiecesAtOnce = 16
    /// Messages from this size on are freed off the I/O thread.
    static let bytesFreedElsewhere = 1 << 20
    /// How long a server that has no calls any more waits for its clients to hang up.
    package static let farewellTime = Duration.milliseconds(500)
    /// How long a client's last words may take to leave.
    static let goodbyeLinger = Duration.milliseconds(100)
    /// Bytes of answers that wait for a client which does not read; above them the client is given up.
    package static let maximumBacklogBytes = 64 << 20
    /// Bytes of big answers whose pieces a client does not take; above them the client is given up. More than of small ones:
    /// these are held for as long as a slow client needs, and a dead one shows by its silence.
    package static let maximumQueuedFragmentBytes = 512 << 20
    /// Payloads above this many bytes travel in a frame of their own instead of being copied behind their header.
    package static let inlinePayloadBytes = 8 << 10
    /// What a frame may have besides its message: header, call or end, metadata, details.
    static let frameOverheadBytes = 64 << 10

    /// The bound that libzmq itself enforces, by cutting the connection; ours are below it.
    var maximumFrameBytes: Int64 { Int64(maximumMessageBytes + Self.frameOverheadBytes) }
}
