/// How many messages go each way.
package enum CallKind: Hashable, Sendable {
    case unary, serverStreaming, clientStreaming, bidirectional

    package var hasRequestStream: Bool { self == .clientStreaming || self == .bidirectional }
    package var hasResponseStream: Bool { self == .serverStreaming || self == .bidirectional }
}

/// What the proto's `idempotency_level` says of a method.
package enum IdempotencyLevel: Hashable, Sendable {
    /// Not said: a second run may do something twice, unless it carries the first one's idempotency key.
    case unknown
    case noSideEffects
    /// A second run changes nothing more.
    case idempotent
}

/// A method of a service, as the proto declares it.
package struct MethodDescriptor: Hashable, Sendable, CustomStringConvertible {
    /// Full name of the service, as in "olp.partnership.v1.Partners".
    package let service: String
    package let method: String
    package let kind: CallKind
    package let idempotency: IdempotencyLevel
    /// "olp.partnership.v1.Partners/GetPartner": what travels.
    package let fullName: String

    package init(service: String, method: String, kind: CallKind, idempotency: IdempotencyLevel) {
        self.service = service
        self.method = method
        self.kind = kind
        self.idempotency = idempotency
        fullName = "\(service)/\(method)"
    }

    package var description: String { fullName }

    package static func == (left: Self, right: Self) -> Bool { left.fullName == right.fullName }
    package func hash(into hasher: inout Hasher) { hasher.combine(fullName) }
}
