/// What opens a call, on any transport.
package struct CallHead: Sendable {
    /// "package.Service/Method".
    package var method: String
    package var deadline: Deadline?
    package var metadata: Metadata
    /// Empty: none.
    package var idempotencyKey: String
    package var previousAttempts: Int
    /// W3C trace context; empty: none.
    package var traceparent: String
    package var tracestate: String
    package var waitForReady: Bool
    /// What the proto says of repeating the method. It does not travel.
    package var idempotency = IdempotencyLevel.unknown
    /// Replicas that failed this call before, so that others are tried first. It does not travel.
    package var avoided: [UInt64] = []

    package init(
        method: String, deadline: Deadline? = nil, metadata: Metadata = Metadata(), idempotencyKey: String = "",
        previousAttempts: Int = 0, traceparent: String = "", tracestate: String = "", waitForReady: Bool = false
    ) {
        self.method = method
        self.deadline = deadline
        self.metadata = metadata
        self.idempotencyKey = idempotencyKey
        self.previousAttempts = previousAttempts
        self.traceparent = traceparent
        self.tracestate = tracestate
        self.waitForReady = waitForReady
    }

    /// The head of a call made with `options` in the current task: inside a handler it inherits the handler's deadline,
    /// trace, request id and actor. Not an initialiser, which would copy what it is given.
    package static func opening(_ method: MethodDescriptor, _ options: CallOptions, makeKey: () -> String) -> CallHead {
        let scope = CallScope.current
        let own = options.timeout.map(Deadline.after)
        let deadline: Deadline? =
            switch (own, scope?.deadline) {
            case (let own?, let inherited?): min(own, inherited)
            case (let own, let inherited): own ?? inherited
            }
        var metadata = options.metadata
        if let scope { scope.passOn(to: &metadata) }
        let key = options.idempotencyKey ?? (method.idempotency == .unknown ? makeKey() : "")
        var head = CallHead(
            method: method.fullName, deadline: deadline, metadata: metadata, idempotencyKey: key,
            traceparent: scope?.head.traceparent ?? "", tracestate: scope?.head.tracestate ?? "",
            waitForReady: options.waitForReady)
        head.idempotency = method.idempotency
        return head
    }

    /// Whether a second run does nothing twice.
    package var mayRunTwice: Bool { idempotency != .unknown || !idempotencyKey.isEmpty }
}

/// Keys for calls that were given none.
package enum IdempotencyKey {
    /// Longest key in bytes that a server takes.
    package static let maximumBytes = 255

    /// 16 random bytes as hexadecimal digits.
    package static func random() -> String {
        var generator = SystemRandomNumberGenerator()
        let digits = [generator.next(), generator.next()].map { (number: UInt64) in
            let text = String(number, radix: 16)
            return String(repeating: "0", count: 16 - text.count) + text
        }
        return digits.joined()
    }
}
