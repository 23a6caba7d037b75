import RPC
import Synchronization
import Wire
import ZeroMQ

/// What a caller's call and its place on the connection share.
final class ClientCallLink: Sendable {
    let core: Confined<ChannelCore>
    /// Zero until a connection gave it one.
    let id = Atomic<UInt64>(0)
    private let place = Atomic<UInt64>(0)
    let credit = CreditGate()
    let initialMetadata = Latch<Metadata>()
    private let trailing = Mutex(Metadata())
    private let window = Mutex(ReceiveWindow())
    private let ended = Atomic<Bool>(false)

    init(_ core: Confined<ChannelCore>) { self.core = core }

    /// Which replica has the call, by its number in this process; nil: none yet.
    var replica: UInt64? {
        let number = place.load(ordering: .relaxed)
        return number == 0 ? nil : number
    }

    func place(on replica: UInt64) { place.store(replica, ordering: .relaxed) }

    var hasEnded: Bool { ended.load(ordering: .acquiring) }

    var trailingMetadata: Metadata { trailing.withLock { $0 } }

    /// Marks the call as ended.
    /// - Returns: false if it had ended before; only the first end counts.
    func end(_ result: Result<Metadata, RPCError>) -> Bool {
        guard !ended.exchange(true, ordering: .acquiringAndReleasing) else { return false }
        switch result {
        case .success(let metadata):
            trailing.withLock { $0 = metadata }
            initialMetadata.set(.success(Metadata()))
            credit.close(RPCError(.cancelled, "The server has ended the call."))
        case .failure(let error):
            initialMetadata.set(.failure(error))
            credit.close(error)
        }
        return true
    }

    /// Counts a message of the stream; false if the server had no credit for it.
    func received(_ byteCount: Int) -> Bool { window.withLock { $0.received(byteCount) } }

    /// Counts a message that the caller took, and grants more when it is time to.
    func took(_ byteCount: Int) {
        guard !hasEnded, let grant = window.withLock({ $0.took(byteCount) }) else { return }
        core.submit { $0.grant(grant, on: self) }
    }
}
