package import RPC
package import Wire

/// Calls a server of the same process. Messages are packed and parsed as on any transport, so that a test sees
/// what a wire would do to them.
package struct InProcessChannel: Channel {
    private let server: RPCServer
    private let peer: String

    /// - Parameter peer: what handlers see as their caller.
    package init(to server: RPCServer, peer: String = "in-process") {
        self.server = server
        self.peer = peer
    }

    package func begin(_ head: CallHead, only first: borrowing Packing) -> any ClientCall {
        let exchange = InProcessExchange(head)
        exchange.requests.finish(with: Payload(copying: first))
        exchange.start(server, peer: peer)
        return InProcessClientCall(exchange)
    }

    package func begin(_ head: CallHead) -> any ClientCall {
        let exchange = InProcessExchange(head)
        exchange.start(server, peer: peer)
        return InProcessClientCall(exchange)
    }
}

extension Payload {
    init(copying packing: borrowing Packing) {
        self.init(
            copying: unsafe [UInt8](unsafeUninitializedCapacity: packing.byteCount) { buffer, count in
                unsafe packing.pack(into: UnsafeMutableRawBufferPointer(buffer))
                count = packing.byteCount
            })
    }
}
