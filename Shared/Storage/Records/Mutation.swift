import Sodium
package import Values

/// Who did something.
package struct Actor: Hashable, Sendable {
    /// Stable id of the person or program.
    package var id: String
    /// How it was identified: "token", "operator", "service".
    package var kind: String

    package init(id: String, kind: String) {
        self.id = id
        self.kind = kind
    }
}

/// A request to change something: who asks, when and why, and by which key a repetition is known.
package struct Mutation: Hashable, Sendable {
    /// How long a reply is kept for repetitions of its request.
    package static let keyLifetime = Duration.seconds(24 * 60 * 60)

    /// Whose keys are looked at: keys of different principals never meet.
    package var principal: String
    /// Full name of the method.
    package var method: String
    /// Nil: the request is not known again.
    package var key: String?
    /// SHA-256 of the request's bytes.
    package var requestDigest: [UInt8]
    package var actor: Actor
    /// In the actor's words; may be empty.
    package var reason: String
    package var at: Instant
    package var requestID: String

    package init(principal: String, method: String, key: String?, requestDigest: [UInt8], actor: Actor,
                 reason: String = "", at: Instant, requestID: String = "") {
        self.principal = principal
        self.method = method
        self.key = key
        self.requestDigest = requestDigest
        self.actor = actor
        self.reason = reason
        self.at = at
        self.requestID = requestID
    }

    /// What `requestDigest` is of the request's bytes.
    package static func digest(of request: [UInt8]) -> [UInt8] {
        SHA256.hash(request)
    }
}
