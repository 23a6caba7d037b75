package import RPC
package import Storage
package import Values
import Wire

extension ServerContext {
    /// What a change that this call asks for is recorded with: who, when, why, and by which key a repetition is known.
    /// - Parameters:
    ///   - reason: In the actor's words; may be empty.
    ///   - now: When, by the service's clock.
    package func mutation(reason: String = "", at now: Instant) -> Mutation {
        let actor = Actor(id: actorID, kind: actorKind)
        return Mutation(
            // Keys of different callers never meet, whichever process passed them on.
            principal: "\(actor.kind):\(actor.id)", method: method.fullName, key: idempotencyKey,
            requestDigest: Mutation.digest(of: requestPayload?.copied() ?? []), actor: actor, reason: reason,
            at: now, requestID: requestID)
    }
}
