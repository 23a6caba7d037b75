import Synchronization
package import Wire

/// Sends a caller's messages.
package struct RequestWriter<Element: Message>: Sendable {
    private let call: any ClientCall
    private let refusal: WriteRefusal?

    /// - Parameter refusal: told when a message was not taken.
    init(_ call: any ClientCall, refusal: WriteRefusal? = nil) {
        self.call = call
        self.refusal = refusal
    }

    /// Sends a message; waits while the server has no room for it.
    package func write(_ message: Element) async throws(RPCError) {
        do throws(RPCError) {
            try await call.readyToSend()
        } catch {
            refusal?.note()
            throw error
        }
        message.withPacking { packing in call.send(packing) }
    }

    /// Ends the request stream while answers are still read.
    package func finish() { call.halfClose() }
}

/// Whether a call took no more messages, so that what is left is to hear how it ended.
final class WriteRefusal: Sendable {
    private let happened = Atomic(false)

    var hasHappened: Bool { happened.load(ordering: .relaxed) }

    func note() { happened.store(true, ordering: .relaxed) }
}

/// Sends a handler's messages.
package struct ResponseWriter<Element: Message>: Sendable {
    private let call: any ServerCall

    init(_ call: any ServerCall) { self.call = call }

    /// Sends a message; waits while the caller has no room for it.
    package func write(_ message: Element) async throws(RPCError) {
        try await call.readyToSend()
        message.withPacking { packing in call.send(packing) }
    }
}

/// The messages that a caller streams to a handler. It is read once, by one task.
package struct RequestStream<Element: Message>: AsyncSequence, Sendable {
    package typealias Failure = RPCError

    private let call: any ServerCall
    private let limits: DecodeLimits

    init(_ call: any ServerCall, _ limits: DecodeLimits) {
        self.call = call
        self.limits = limits
    }

    /// The next message; nil after the last.
    package func next() async throws(RPCError) -> Element? {
        guard let payload = try await call.next() else { return nil }
        return try payload.decoded(limits: limits, as: "message to \(call.head.method)")
    }

    package func makeAsyncIterator() -> AsyncIterator { AsyncIterator(stream: self) }

    package struct AsyncIterator: AsyncIteratorProtocol {
        let stream: RequestStream

        package mutating func next() async throws(RPCError) -> Element? { try await stream.next() }

        package mutating func next(isolation actor: isolated (any Actor)?) async throws(RPCError) -> Element? {
            try await stream.next()
        }
    }
}
