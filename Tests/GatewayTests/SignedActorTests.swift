import Contracts
import HTTPClient
import RPC
import RPCInProcess
import ServiceKit
import Synchronization
import TestSupport
import Testing

@testable import GatewayService

@Suite("A gateway with a signing key")
struct SignedActorTests {
    @Test("is believed by services that know it, and another one is not")
    func signs() async throws {
        let (known, unknown) = (SigningKeyPair.make(), SigningKeyPair.make())
        let seen = Mutex<[String]>([])
        var router = RPC.Router()
        router.unary(PartnersMethods.getPartner) { (request: PartnershipV1.GetPartnerRequest, context) in
            seen.withLock { $0.append(context.actorKind) }
            return PartnershipV1.Partner(id: request.id, name: "Café", kind: .school, version: 3)
        }
        let server = StandardServices.server(
            router, store: nil, readiness: Readiness(), metrics: MetricsRegistry(), logger: LogCapture().logger(),
            actors: ActorVerifier(SigningKeyList([known.publicKey]), clock: FakeSuite.wallClock))
        for (keys, status) in [(known, 200), (unknown, 401)] {
            let signer = ActorSigner(keys, clock: FakeSuite.wallClock)
            let channel = SigningChannel(InProcessChannel(to: server), signer: signer)
            try await Harness.run(channel: channel, { _ in }) { harness in
                let reply = try await harness.send("GET", "/v1/partners/p1", adding: [])
                #expect(reply.status == status)
            }
        }
        #expect(seen.withLock { $0 } == ["token"])
    }
}
