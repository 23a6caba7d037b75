import RPC
import Wire
import ZeroMQ

/// One client's connection, as a listener keeps it.
final class ServerPeer {
    final class OpenCall {
        let link: ServerCallLink
        var expected: UInt32 = 1
        var nextSequence: UInt32 = 0
        var deadline: LoopTimer?

        init(_ link: ServerCallLink) { self.link = link }
    }

    let id: RoutingID
    var machine: PeerMachine
    var limits = ConnectionLimits()
    /// Who the client is: by its key, or where connections have none as it says itself. For logs and histories.
    var name = ""
    /// Who holds the connection; nil if it is not encrypted.
    var sender: AuthenticatedPeer?
    var calls: [UInt64: OpenCall] = [:]
    /// Calls have growing ids; one at or below this was seen before.
    var lastCallID: UInt64 = 0
    var backlog = SendBacklog()

    init(_ id: RoutingID, _ machine: PeerMachine) {
        self.id = id
        self.machine = machine
    }
}
