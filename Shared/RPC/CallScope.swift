/// A call that is answered, as far as the handler's own calls inherit from it.
///
/// A class, because every call asks for the current one: of a reference that is a look, of a struct a copy of all its fields.
package final class CallScope: Sendable {
    @TaskLocal package static var current: CallScope?

    /// The id that all log lines of one request of a user share.
    package static let requestIDKey = "olp-request-id"
    /// Who acts, as the gateway or an operator's command established it.
    package static let actorIDKey = "olp-actor-id"
    package static let actorKindKey = "olp-actor-kind"
    /// The gateway's signature of the two and the request id; not in every installation.
    package static let actorSignatureKey = "olp-actor-signature-bin"
    /// Nothing else is passed on: metadata of a caller is for the service that it called.
    private static let passedOn = [requestIDKey] + actor
    private static let actor = [actorIDKey, actorKindKey, actorSignatureKey]

    /// What opened the call.
    package let head: CallHead

    package init(_ head: CallHead) { self.head = head }

    package var deadline: Deadline? { head.deadline }

    /// 32 digits that the log lines of one trace share; nil outside any.
    package var traceID: String? { TraceContext(head.traceparent)?.traceID }

    func passOn(to outgoing: inout Metadata) {
        // An actor is one thing: half of it, or a signature of another one, would say something that nobody said.
        let ownActor = Self.actor.contains { outgoing.binary($0) != nil }
        for entry in head.metadata.entries where Self.passedOn.contains(entry.key) && outgoing.binary(entry.key) == nil {
            if ownActor, Self.actor.contains(entry.key) { continue }
            outgoing.add(entry.key, binaryOrText: entry.value)
        }
    }
}

extension Metadata {
    /// Adds a pair that was checked when it came in.
    fileprivate mutating func add(_ key: String, binaryOrText value: [UInt8]) {
        do { try append(key, value) } catch { preconditionFailure("\(error)") }
    }
}
