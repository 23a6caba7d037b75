import Contracts
import RPC
import RPCInProcess
import ServiceKit
import Storage
import Synchronization
import TestSupport
import Testing
import Values
import Wire

@Suite("What a change is recorded with")
struct MutationTests {
    private static let method = MethodDescriptor(
        service: "test.Changes", method: "Change", kind: .unary, idempotency: .unknown)

    private func mutation(_ request: HealthV1.HealthCheckRequest, _ options: CallOptions) async throws -> Mutation {
        let kept = Mutex<Mutation?>(nil)
        var router = Router()
        router.unary(Self.method) { (request: HealthV1.HealthCheckRequest, context) -> HealthV1.HealthCheckResponse in
            let mutation = context.mutation(reason: "why", at: Instant(microseconds: 7))
            kept.withLock { $0 = mutation }
            return .init()
        }
        let _: HealthV1.HealthCheckResponse = try await InProcessChannel(to: RPCServer(router: router), peer: "olp")
            .unary(Self.method, request, options)
        return try #require(kept.withLock { $0 })
    }

    @Test("the actor of the gateway is kept, with key, digest, reason, time and request id")
    func actor() async throws {
        var metadata = Metadata()
        metadata.add(CallScope.actorIDKey, "token-1")
        metadata.add(CallScope.actorKindKey, "token")
        metadata.add(CallScope.requestIDKey, "r-1")
        let mutation = try await mutation(.init(service: "x"), CallOptions(metadata: metadata, idempotencyKey: "k"))
        #expect(
            mutation
                == Mutation(
                    principal: "token:token-1", method: "test.Changes/Change", key: "k",
                    requestDigest: Mutation.digest(of: HealthV1.HealthCheckRequest(service: "x").encoded()),
                    actor: Actor(id: "token-1", kind: "token"), reason: "why", at: Instant(microseconds: 7),
                    requestID: "r-1"))
    }

    @Test("without an actor it is the calling process, and equal requests have equal digests")
    func process() async throws {
        let one = try await mutation(.init(service: "x"), CallOptions())
        let two = try await mutation(.init(service: "x"), CallOptions())
        let other = try await mutation(.init(service: "y"), CallOptions())
        #expect(one.actor == Actor(id: "olp", kind: "service"))
        #expect(one.requestDigest == two.requestDigest && one.requestDigest != other.requestDigest)
        #expect(one.key != nil && one.key != two.key)
    }
}
