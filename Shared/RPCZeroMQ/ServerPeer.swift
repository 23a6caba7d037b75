import RPC
import Wire
import ZeroMQ

/// One client's connection, as a listener keeps it.
final class ServerPeer {
    final class OpenCall {
        let answer: ZeroMQServerCall
        var expected: UInt32 = 1
        var nextSequence: UInt32 = 0
        var deadline: LoopTimer?

        var id: UInt64 { answer.id }

        init(_ answer: ZeroMQServerCall) { self.answer = answer }
    }

    let id: RoutingID
    var machine: PeerMachine
    /// What the client takes.
    private(set) var limits = ConnectionLimits()
    /// Who the client is: by its key, or where connections have none as it says itself, or else what the connection is called
    /// here. For logs and histories.
    private(set) var shownName: String
    /// Who holds the connection; nil if it is not encrypted.
    private(set) var sender: AuthenticatedPeer?
    var calls: [UInt64: OpenCall] = [:]
    /// Calls have growing ids; one at or below this was seen before.
    var lastCallID: UInt64 = 0
    var backlog = SendBacklog()
    var needsFlush = false
    var fragments: FragmentQueue
    var received: FragmentReceiver
    /// Whether the two above have ever had anything to do; few peers send or get big messages.
    var hasSeenPieces = false
    var delay = QueueingDelay()

    /// - Parameter limits: what this side takes.
    init(_ id: RoutingID, _ machine: PeerMachine, _ limits: ConnectionLimits) {
        self.id = id
        self.machine = machine
        shownName = id.description
        fragments = FragmentQueue(ConnectionLimits())
        received = FragmentReceiver(limits)
    }

    func greeted(_ hello: WireV1.Hello, name: String, _ sender: AuthenticatedPeer?) {
        self.sender = sender
        limits = hello.connectionLimits
        backlog.joins = hello.maxVersion >= ProtocolVersion.joinedFrames
        if !name.isEmpty { shownName = name }
        // Not while an answer goes out in pieces: what a second HELLO finds waiting is sent on.
        if fragments.isEmpty { fragments = FragmentQueue(limits) }
    }
}
