import Contracts
import RPC
import RPCInProcess
import Synchronization
import Wire

/// A channel whose service is away until the test brings it.
final class SwitchedChannel: Channel {
    let target = Mutex<InProcessChannel?>(nil)

    private var current: InProcessChannel {
        target.withLock { $0 } ?? InProcessChannel(to: RPCServer(router: Self.away))
    }

    private static let away: RPC.Router = {
        var router = RPC.Router()
        router.unary(PartnersMethods.getPartner) {
            (_: PartnershipV1.GetPartnerRequest, _) -> PartnershipV1.Partner in
            throw RPCError(.unavailable, "no connection", isUnprocessed: true)
        }
        return router
    }()

    func begin(_ head: CallHead, only first: borrowing Packing) -> any ClientCall { current.begin(head, only: first) }

    func begin(_ head: CallHead) -> any ClientCall { current.begin(head) }
}
