package import RPC
package import Wire
import ZeroMQ

/// Calls the services at one endpoint over ZeroMQ.
///
/// The connection is dialled with the first call and kept. While it is down, calls fail with UNAVAILABLE at once unless
/// they are told to wait.
package struct ZeroMQChannel: Channel {
    private let connection: Confined<ClientConnection>

    init(_ connection: Confined<ClientConnection>) { self.connection = connection }

    package func begin(_ head: CallHead, only first: borrowing Packing) -> any ClientCall {
        start(head, OutgoingFrame(FrameHeader(.call, flags: .endOfStream), part: callPart(head), message: first))
    }

    package func begin(_ head: CallHead) -> any ClientCall {
        start(head, OutgoingFrame(FrameHeader(.call), part: callPart(head)))
    }

    private func callPart(_ head: CallHead) -> WireV1.Call {
        WireV1.Call(head, now: IOThread.clock() / 1000)
    }

    private func start(_ head: CallHead, _ frame: OutgoingFrame) -> any ClientCall {
        let call = ZeroMQClientCall(connection)
        connection.perform { $0.start(call, head, frame) }
        return call
    }

    /// Ends the connection and every call on it; further calls are UNAVAILABLE.
    package func close() { connection.submit { $0.close() } }
}
