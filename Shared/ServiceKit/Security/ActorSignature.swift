package import RPC
package import Values

/// The gateway's word for who acts in a call, as metadata beside the actor itself.
///
/// The value of `olp-actor-signature-bin` is the instant of signing (microseconds since 1970, 8 bytes, big-endian) and an
/// Ed25519 signature (64 bytes) of: the text "olp-actor-1", that instant, and then kind, id and request id, each behind its
/// length in 4 bytes, big-endian. The lengths keep a byte of one from being taken for one of the next.
package enum ActorSignature {
    /// How long a signature is good for: longer than any call takes to reach the last service that it leads to.
    package static let validity = Duration.seconds(300)
    /// How far the clock of one who checks may be behind the signer's.
    package static let clockTolerance = Duration.seconds(60)

    private static let context = Array("olp-actor-1".utf8)
    private static let instantByteCount = 8

    /// The value for an actor.
    static func make(_ actor: SignedActor, at instant: Instant, by keys: SigningKeyPair) -> [UInt8] {
        bigEndian(instant.microseconds) + keys.sign(message(actor, instant))
    }

    /// The instant and the signature of a value; nil if it is none.
    static func parts(_ value: [UInt8]) -> (instant: Instant, signature: [UInt8])? {
        guard value.count > instantByteCount else { return nil }
        let number = value[..<instantByteCount].reduce(Int64(0)) { $0 << 8 | Int64($1) }
        return (Instant(microseconds: number), Array(value[instantByteCount...]))
    }

    static func message(_ actor: SignedActor, _ instant: Instant) -> [UInt8] {
        var message = context + bigEndian(instant.microseconds)
        for text in [actor.kind, actor.id, actor.requestID] {
            message += [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: text.count >> $0) } + text
        }
        return message
    }

    private static func bigEndian(_ number: Int64) -> [UInt8] {
        stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: number >> $0) }
    }
}

/// What a signature is about, as the metadata has it.
struct SignedActor {
    let kind: [UInt8]
    let id: [UInt8]
    let requestID: [UInt8]

    /// Nil if the metadata names no actor.
    /// - Throws: if it names several: two readers could take two different ones.
    init?(_ metadata: Metadata) throws(Several) {
        let keys = [CallScope.actorKindKey, CallScope.actorIDKey, CallScope.requestIDKey]
        let values = keys.map(metadata.all)
        guard values.allSatisfy({ $0.count < 2 }) else { throw Several() }
        guard !values[0].isEmpty || !values[1].isEmpty else { return nil }
        kind = values[0].first ?? []
        id = values[1].first ?? []
        requestID = values[2].first ?? []
    }

    struct Several: Error {}
}

/// Signs who acts in calls that go out.
package struct ActorSigner: Sendable {
    private let keys: SigningKeyPair
    private let clock: any WallClock

    package init(_ keys: SigningKeyPair, clock: any WallClock) {
        self.keys = keys
        self.clock = clock
    }

    /// Puts a signature of now beside the actor of the metadata, if it has one.
    package func sign(_ metadata: inout Metadata) {
        guard let actor = try? SignedActor(metadata) else { return }
        metadata.remove(CallScope.actorSignatureKey)
        metadata.add(CallScope.actorSignatureKey, binary: ActorSignature.make(actor, at: clock.now(), by: keys))
    }
}

/// Checks who is said to act in calls that come in.
package struct ActorVerifier: Sendable {
    private let keys: SigningKeyList
    private let clock: any WallClock

    package init(_ keys: SigningKeyList, clock: any WallClock) {
        self.keys = keys
        self.clock = clock
    }

    /// Returns if the metadata names no actor, or one with a valid signature.
    /// - Throws: UNAUTHENTICATED, saying why.
    package func check(_ metadata: Metadata) throws(RPCError) {
        let actor: SignedActor?
        do throws(SignedActor.Several) {
            actor = try SignedActor(metadata)
        } catch {
            throw Self.refusal("The call names several actors.")
        }
        guard let actor else { return }
        let values = metadata.all(CallScope.actorSignatureKey)
        guard let value = values.first else {
            throw Self.refusal("Who acts is not signed. Calls with an actor go through the gateway.")
        }
        guard values.count == 1, let (instant, signature) = ActorSignature.parts(value) else {
            throw Self.refusal("The signature of who acts cannot be read.")
        }
        let message = ActorSignature.message(actor, instant)
        guard keys.keys.contains(where: { $0.isValid(signature, of: message) }) else {
            throw Self.refusal("Who acts is signed by nobody whose key is known here, or was altered after it was signed.")
        }
        let now = clock.now()
        guard now <= instant + ActorSignature.validity else {
            throw Self.refusal("The signature of who acts is older than \(ActorSignature.validity). Make the request again.")
        }
        guard instant <= now + ActorSignature.clockTolerance else {
            throw Self.refusal("The signature of who acts is from the future: compare the machines' clocks.")
        }
    }

    private static func refusal(_ message: String) -> RPCError {
        RPCError(.unauthenticated, message, reason: "ACTOR_NOT_PROVEN")
    }
}
