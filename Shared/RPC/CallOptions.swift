/// What a caller can say about one call.
package struct CallOptions: Sendable {
    /// How long the call may take, attempts and waiting included. Nil: as long as the call in whose handler it is made.
    package var timeout: Duration?
    package var metadata: Metadata
    /// The same for every attempt at the same thing. Nil: made for methods that may change something.
    package var idempotencyKey: String?
    /// Wait for a connection instead of failing with UNAVAILABLE while there is none.
    package var waitForReady: Bool

    package init(
        timeout: Duration? = nil, metadata: Metadata = Metadata(), idempotencyKey: String? = nil,
        waitForReady: Bool = false
    ) {
        self.timeout = timeout
        self.metadata = metadata
        self.idempotencyKey = idempotencyKey
        self.waitForReady = waitForReady
    }
}
