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
    /// What the client calls itself, or how the connection is called here; for logs and authorisation above.
    private(set) var shownName: String
    var calls: [UInt64: OpenCall] = [:]
    /// Calls have growing ids; one at or below this was seen before.
    var lastCallID: UInt64 = 0
    var backlog = SendBacklog()
    var needsFlush = false
    var fragments: FragmentQueue
    var received: FragmentReceiver
    var delay = QueueingDelay()

    /// - Parameter limits: what this side takes.
    init(_ id: RoutingID, _ machine: PeerMachine, _ limits: ConnectionLimits) {
        self.id = id
        self.machine = machine
        shownName = id.description
        fragments = FragmentQueue(ConnectionLimits())
        received = FragmentReceiver(limits)
    }

    func greeted(_ hello: WireV1.Hello) {
        limits = hello.connectionLimits
        if !hello.service.isEmpty { shownName = hello.service }
        fragments = FragmentQueue(limits)
    }
}
