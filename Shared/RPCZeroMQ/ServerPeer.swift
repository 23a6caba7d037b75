import RPC
import Wire
import ZeroMQ

/// One client's connection, as a listener keeps it.
struct ServerPeer {
    struct OpenCall {
        let link: ServerCallLink
        var expected: UInt32 = 1
        var nextSequence: UInt32 = 0
        var deadline: LoopTimer?
    }

    var machine: PeerMachine
    var limits = ConnectionLimits()
    /// What the client calls itself; for logs and authorisation above.
    var name = ""
    var calls: [UInt64: OpenCall] = [:]
    /// Calls have growing ids; one at or below this was seen before.
    var lastCallID: UInt64 = 0
    var backlog = SendBacklog()
}
