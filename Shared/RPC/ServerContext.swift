import Synchronization
package import Wire

/// What a handler knows of the call it answers, besides its messages.
package struct ServerContext: Sendable {
    private let registration: Router.Registration
    private let scope: CallScope
    /// The serialised request of a call that has one message; nil for request streams.
    package let requestPayload: Payload?
    private let call: any ServerCall
    private let given = GivenMetadata()

    init(_ call: any ServerCall, _ scope: CallScope, _ registration: Router.Registration, request: Payload?) {
        self.registration = registration
        self.scope = scope
        requestPayload = request
        self.call = call
    }

    package var method: MethodDescriptor { registration.method }
    package var head: CallHead { scope.head }
    /// Who calls, as the transport knows it.
    package var peer: String { call.peer }
    package var metadata: Metadata { head.metadata }
    package var deadline: Deadline? { head.deadline }
    /// The key under which a change is made at most once; nil if the caller sent none.
    package var idempotencyKey: String? { head.idempotencyKey.isEmpty ? nil : head.idempotencyKey }
    /// The id that the log lines of one request share; empty if the caller sent none.
    package var requestID: String { metadata.text(CallScope.requestIDKey) ?? "" }
    /// Who acts. Without an actor in the metadata: the calling process itself.
    package var actorID: String { metadata.text(CallScope.actorIDKey) ?? peer }
    package var actorKind: String { metadata.text(CallScope.actorKindKey) ?? "service" }

    /// Sends initial metadata now. It commits the call: a caller does not try it again elsewhere. More than
    /// ``Metadata/defaultLimitBytes`` is not sent and ends the call RESOURCE_EXHAUSTED.
    package func sendInitialMetadata(_ metadata: Metadata) {
        guard metadata.byteCount <= Metadata.defaultLimitBytes else {
            return given.state.withLock { $0.refusedBytes = metadata.byteCount }
        }
        call.sendInitialMetadata(metadata)
    }

    /// Metadata that goes with the end of the call. More than ``Metadata/defaultLimitBytes`` ends it RESOURCE_EXHAUSTED.
    package func setTrailingMetadata(_ metadata: Metadata) { given.state.withLock { $0.trailing = metadata } }

    /// What is to go with the end of a call that went well.
    /// - Throws: RESOURCE_EXHAUSTED if the handler gave more metadata than callers take.
    func trailingMetadata() throws(RPCError) -> Metadata {
        let (trailing, refusedBytes) = given.state.withLock { ($0.trailing, $0.refusedBytes) }
        let bytes = max(trailing.byteCount, refusedBytes)
        guard bytes <= Metadata.defaultLimitBytes else {
            throw RPCError(
                .resourceExhausted,
                "The answer's metadata has \(bytes) bytes; at most \(Metadata.defaultLimitBytes) are sent.")
        }
        return trailing
    }

    private final class GivenMetadata: Sendable {
        let state = Mutex((trailing: Metadata(), refusedBytes: 0))
    }
}
