import RPC
import Synchronization
import Wire
import ZeroMQ

/// What a handler's call and its place on the connection share.
final class ServerCallLink: Sendable {
    let listener: Confined<Listener>
    let peer: RoutingID
    let id: UInt64
    let credit: CreditGate
    let inbox: Inbox
    private let window: Window
    private let ended = Atomic<Bool>(false)
    private let task = Mutex<Task<Void, Never>?>(nil)

    init(_ listener: Confined<Listener>, peer: RoutingID, id: UInt64, peerWindow: Int, ownWindow: Int) {
        self.listener = listener
        self.peer = peer
        self.id = id
        credit = CreditGate(window: peerWindow)
        let window = Window(ownWindow)
        self.window = window
        inbox = Inbox { byteCount in
            guard let grant = window.value.withLock({ $0.took(byteCount) }) else { return }
            listener.submit { $0.grant(grant, peer, id) }
        }
    }

    private final class Window: Sendable {
        let value: Mutex<ReceiveWindow>
        init(_ bytes: Int) { value = Mutex(ReceiveWindow(window: bytes)) }
    }

    var hasEnded: Bool { ended.load(ordering: .acquiring) }

    /// - Returns: false if the call had ended before; only the first end is sent.
    func end() -> Bool { !ended.exchange(true, ordering: .acquiringAndReleasing) }

    /// Counts a message of the stream; false if the caller had no credit for it.
    func received(_ byteCount: Int) -> Bool { window.value.withLock { $0.received(byteCount) } }

    func run(_ task: Task<Void, Never>) {
        self.task.withLock { $0 = task }
        if hasEnded { task.cancel() }
    }

    /// Stops the handler: nothing that it sends goes out any more.
    func stop(_ error: RPCError) {
        inbox.fail(error)
        credit.close(error)
        task.withLock { $0 }?.cancel()
    }
}
