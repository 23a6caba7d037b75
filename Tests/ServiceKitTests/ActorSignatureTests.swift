import Contracts
import RPC
import RPCInProcess
import Synchronization
import TestSupport
import Testing
import Values

@testable import ServiceKit

@Suite("Who acts, signed by the gateway")
struct ActorSignatureTests {
    private static let start = Instant(microseconds: 1_700_000_000_000_000)

    private static let method = MethodDescriptor(
        service: "test.Feedback", method: "Give", kind: .unary, idempotency: .noSideEffects)

    private let clock = FixedWallClock(start)
    private let gateway = SigningKeyPair.make()

    private var signer: ActorSigner { ActorSigner(gateway, clock: clock) }
    private var verifier: ActorVerifier { ActorVerifier(SigningKeyList([gateway.publicKey]), clock: clock) }

    private func metadata(kind: String? = "token", id: String? = "token-1", request: String? = "r-1") -> Metadata {
        var metadata = Metadata()
        if let request { metadata.add(CallScope.requestIDKey, request) }
        if let id { metadata.add(CallScope.actorIDKey, id) }
        if let kind { metadata.add(CallScope.actorKindKey, kind) }
        return metadata
    }

    private func signed(_ metadata: Metadata, by signer: ActorSigner? = nil) -> Metadata {
        var metadata = metadata
        (signer ?? self.signer).sign(&metadata)
        return metadata
    }

    /// The reason for which metadata is refused; nil if it is not.
    private func refusal(_ metadata: Metadata, by verifier: ActorVerifier? = nil) -> String? {
        do throws(RPCError) {
            try (verifier ?? self.verifier).check(metadata)
            return nil
        } catch {
            #expect(error.code == .unauthenticated)
            #expect(StatusDetails.first(GoogleRPC.ErrorInfo.self, in: error)?.reason == "ACTOR_NOT_PROVEN")
            return error.message
        }
    }

    @Test("is believed as it was signed, with or without a request id, and whatever else the call says")
    func valid() {
        var signed = signed(metadata())
        signed.add("x-more", "y")
        #expect(refusal(signed) == nil)
        #expect(refusal(self.signed(metadata(request: nil))) == nil)
        #expect(refusal(self.signed(metadata(kind: nil))) == nil)
    }

    @Test("is nobody but the process itself where there is no actor, and then nothing is signed")
    func none() {
        #expect(refusal(Metadata()) == nil)
        let unsigned = metadata(kind: nil, id: nil)
        #expect(signed(unsigned) == unsigned)
        #expect(refusal(unsigned) == nil)
    }

    @Test("is refused without a signature, half an actor too")
    func missing() {
        for metadata in [metadata(), metadata(kind: nil), metadata(id: nil)] {
            #expect(refusal(metadata)?.hasPrefix("Who acts is not signed.") == true)
        }
    }

    @Test(
        "is refused once it was altered",
        arguments: [
            (CallScope.actorIDKey, "token-2"), (CallScope.actorIDKey, ""), (CallScope.actorKindKey, "operator"),
            (CallScope.requestIDKey, "r-2"),
        ])
    func altered(key: String, value: String) {
        var metadata = signed(metadata())
        metadata.remove(key)
        #expect(refusal(metadata)?.contains("altered after it was signed") == true)
        metadata.add(key, value)
        #expect(refusal(metadata)?.contains("altered after it was signed") == true)
    }

    @Test("is refused where a byte went from one part to the next")
    func shifted() {
        var metadata = metadata(kind: "tokens", id: "oken-1")
        metadata.add(CallScope.actorSignatureKey, binary: signed(self.metadata(kind: "token", id: "soken-1"))
            .binary(CallScope.actorSignatureKey) ?? [])
        #expect(refusal(metadata)?.contains("altered after it was signed") == true)
    }

    @Test("is refused where the signature was altered, cut or is another one's", arguments: [0, 7, 8, 71])
    func alteredSignature(index: Int) {
        let whole = signed(metadata()).binary(CallScope.actorSignatureKey) ?? []
        #expect(whole.count == 72)
        var changed = whole
        changed[index] ^= 1
        for (value, reason) in [
            (changed, "signed by nobody whose key is known here"), (Array(whole.dropLast()), "signed by nobody"),
            ([], "cannot be read"), (Array(whole.prefix(8)), "cannot be read"),
        ] {
            var metadata = metadata()
            metadata.add(CallScope.actorSignatureKey, binary: value)
            #expect(refusal(metadata)?.contains(reason) == true)
        }
    }

    @Test("is refused where another key signed, until that key is known too")
    func otherKey() {
        let other = SigningKeyPair.make()
        let signed = signed(metadata(), by: ActorSigner(other, clock: clock))
        #expect(refusal(signed)?.contains("signed by nobody whose key is known here") == true)
        let both = ActorVerifier(SigningKeyList([gateway.publicKey, other.publicKey]), clock: clock)
        #expect(refusal(signed, by: both) == nil)
        #expect(refusal(signed, by: ActorVerifier(SigningKeyList([]), clock: clock)) != nil)
    }

    @Test("is good for five minutes, and a minute before by another clock")
    func expires() {
        let signed = signed(metadata())
        clock.set(Self.start + ActorSignature.validity)
        #expect(refusal(signed) == nil)
        clock.advance(by: .microseconds(1))
        #expect(refusal(signed)?.contains("is older than") == true)
        clock.set(Self.start - ActorSignature.clockTolerance)
        #expect(refusal(signed) == nil)
        clock.advance(by: .microseconds(-1))
        #expect(refusal(signed)?.contains("is from the future") == true)
    }

    @Test("is refused where it is said twice")
    func twice() {
        for (key, value) in [(CallScope.actorIDKey, "token-2"), (CallScope.actorKindKey, "x"), (CallScope.requestIDKey, "x")] {
            var metadata = signed(metadata())
            metadata.add(key, value)
            #expect(refusal(metadata) == "The call names several actors.")
        }
        var metadata = signed(metadata())
        metadata.add(CallScope.actorSignatureKey, binary: [1])
        #expect(refusal(metadata) == "The signature of who acts cannot be read.")
    }

    @Test("goes from the gateway through a service to the next, and no handler sees one who was not proven")
    func throughServices() async throws {
        let seen = Mutex<[String]>([])
        func service(_ answer: @escaping @Sendable (ServerContext) async throws -> Void) -> InProcessChannel {
            var router = Router()
            router.unary(Self.method) { (_: HealthV1.HealthCheckRequest, context) -> HealthV1.HealthCheckResponse in
                seen.withLock { $0.append("\(context.actorKind):\(context.actorID)") }
                try await answer(context)
                return .init()
            }
            let server = StandardServices.server(
                router, store: nil, readiness: Readiness(), metrics: MetricsRegistry(), logger: LogCapture().logger(),
                actors: verifier)
            return InProcessChannel(to: server, peer: "enrolment")
        }
        @Sendable func call(_ channel: any Channel, _ metadata: Metadata) async throws {
            let _: HealthV1.HealthCheckResponse = try await channel.unary(
                Self.method, HealthV1.HealthCheckRequest(), CallOptions(metadata: metadata))
        }
        let last = service { _ in }
        let first = service { _ in try await call(last, Metadata()) }
        try await call(SigningChannel(first, signer: signer), metadata())
        #expect(seen.withLock { $0 } == ["token:token-1", "token:token-1"])
        try await call(SigningChannel(first, signer: signer), Metadata())
        #expect(seen.withLock { $0 }.suffix(2) == ["service:enrolment", "service:enrolment"])
        let error = await #expect(throws: RPCError.self) { try await call(first, metadata()) }
        #expect(error?.code == .unauthenticated)
        // A handler that says itself who acts does not borrow the signature of its caller's actor.
        let liar = service { _ in try await call(last, metadata(id: "token-9")) }
        let lie = await #expect(throws: RPCError.self) { try await call(SigningChannel(liar, signer: signer), metadata()) }
        #expect(lie?.message.hasPrefix("Who acts is not signed.") == true)
        #expect(seen.withLock { $0.count } == 5)
    }
}

@Suite("Signing keys")
struct SigningKeyTests {
    @Test("are read as they are written, and show their public half only")
    func texts() throws {
        let keys = SigningKeyPair.make()
        #expect(try SigningKeyPair(secretText: keys.secretText).publicKey == keys.publicKey)
        #expect(try SigningKey(keys.publicKey.text) == keys.publicKey)
        var dumped = ""
        dump(keys, to: &dumped)
        for text in ["\(keys)", String(reflecting: keys), dumped] { #expect(!text.contains(keys.secretText)) }
        for text in ["", "abc", keys.publicKey.text + "A", String(repeating: "é", count: 43)] {
            #expect(throws: UnreadableValue.self) { try SigningKey(text) }
            #expect(throws: UnreadableValue.self) { try SigningKeyPair(secretText: text) }
        }
    }

    @Test("stand in lists by name, and a list that cannot be used is refused by the line")
    func lists() throws {
        let (one, two) = (SigningKeyPair.make().publicKey, SigningKeyPair.make().publicKey)
        let list = try SigningKeyList(text: "# who may say who acts\ngateway \(one) # old\n\ngateway \(two)\n")
        #expect(list.keys == [one, two])
        for (text, line) in [("gateway", 1), ("\ngateway x", 2)] {
            let problem = #expect(throws: SigningKeyList.Problem.self) { try SigningKeyList(text: text) }
            #expect(problem?.line == line)
        }
    }
}
