package import RPC
package import Wire

/// A channel that signs who acts in each call as it goes out, so that a request that takes long is not signed too early.
package struct SigningChannel: Channel {
    private let inner: any Channel
    private let signer: ActorSigner

    package init(_ inner: any Channel, signer: ActorSigner) {
        self.inner = inner
        self.signer = signer
    }

    package var decodeLimits: DecodeLimits { inner.decodeLimits }

    package func makeIdempotencyKey() -> String { inner.makeIdempotencyKey() }

    package func begin(_ head: CallHead, only first: borrowing Packing) -> any ClientCall {
        inner.begin(signed(head), only: first)
    }

    package func begin(_ head: CallHead) -> any ClientCall { inner.begin(signed(head)) }

    private func signed(_ head: CallHead) -> CallHead {
        var head = head
        signer.sign(&head.metadata)
        return head
    }
}
