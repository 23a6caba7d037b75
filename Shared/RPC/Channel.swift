package import Wire

/// A way to call the services of one target, on any transport.
package protocol Channel: Sendable {
    /// Opens a call that sends `first` and nothing more.
    func begin(_ head: CallHead, only first: borrowing Packing) -> any ClientCall
    /// Opens a call whose messages follow.
    func begin(_ head: CallHead) -> any ClientCall
    /// Makes the idempotency key of a call that was given none.
    func makeIdempotencyKey() -> String
    /// What a received message may cost.
    var decodeLimits: DecodeLimits { get }
}

extension Channel {
    package func makeIdempotencyKey() -> String { IdempotencyKey.random() }
    package var decodeLimits: DecodeLimits { .default }

    /// Calls a method that takes one message and answers with one.
    package func unary<Request: Message, Reply: Message>(
        _ method: MethodDescriptor, _ request: Request, _ options: CallOptions
    ) async throws(RPCError) -> Reply {
        let call = try open(method, request, options)
        return try decode(try await call.reply(), method)
    }

    /// Calls a method that answers with a stream.
    package func serverStreaming<Request: Message, Reply: Message>(
        _ method: MethodDescriptor, _ request: Request, _ options: CallOptions
    ) -> ResponseStream<Reply> {
        do throws(RPCError) {
            return ResponseStream(try open(method, request, options), method, decodeLimits)
        } catch {
            return ResponseStream(failing: error, method)
        }
    }

    /// Calls a method that takes a stream and answers with one message. The stream ends when `produce` returns; what
    /// it throws cancels the call, unless the call had ended before.
    package func clientStreaming<Request: Message, Reply: Message>(
        _ method: MethodDescriptor, _ options: CallOptions,
        _ produce: (RequestWriter<Request>) async throws -> Void
    ) async throws -> Reply {
        let lease = CallLease(try open(method, options))
        let refusal = WriteRefusal()
        do {
            try await produce(RequestWriter(lease.call, refusal: refusal))
            lease.call.halfClose()
        } catch {
            // A server may end the call, well or not, before it has read everything; its word counts. An error of the
            // caller's own ends the call.
            guard refusal.hasHappened, !Task.isCancelled else { throw error }
        }
        return try decode(try await lease.call.reply(), method)
    }

    /// Calls a method with a stream each way. The request stream ends when `body` finishes the writer or returns.
    package func bidirectional<Request: Message, Reply: Message, Result>(
        _ method: MethodDescriptor, _ options: CallOptions,
        _ body: (RequestWriter<Request>, ResponseStream<Reply>) async throws -> Result
    ) async throws -> Result {
        let call = try open(method, options)
        return try await body(RequestWriter(call), ResponseStream(call, method, decodeLimits))
    }

    private func open(_ method: MethodDescriptor, _ options: CallOptions) throws(RPCError) -> any ClientCall {
        if Task.isCancelled { throw RPCError(.cancelled, "The task was cancelled before the call was made.") }
        let head = CallHead.opening(method, options) { makeIdempotencyKey() }
        try Self.check(head)
        return begin(head)
    }

    private func open(
        _ method: MethodDescriptor, _ request: some Message, _ options: CallOptions
    ) throws(RPCError) -> any ClientCall {
        if Task.isCancelled { throw RPCError(.cancelled, "The task was cancelled before the call was made.") }
        let head = CallHead.opening(method, options) { makeIdempotencyKey() }
        try Self.check(head)
        return request.withPacking { packing in begin(head, only: packing) }
    }

    private static func check(_ head: CallHead) throws(RPCError) {
        if let deadline = head.deadline, deadline.hasPassed {
            throw RPCError(.deadlineExceeded, "The deadline had passed before the call was made.", isUnprocessed: true)
        }
        guard head.metadata.byteCount <= Metadata.defaultLimitBytes else {
            throw RPCError(
                .resourceExhausted,
                "The metadata has \(head.metadata.byteCount) bytes; at most \(Metadata.defaultLimitBytes) are sent.",
                isUnprocessed: true)
        }
    }

    private func decode<Reply: Message>(_ payload: Payload, _ method: MethodDescriptor) throws(RPCError) -> Reply {
        try payload.decoded(limits: decodeLimits, as: "answer to \(method)")
    }
}

extension Payload {
    /// The message in this payload. One that cannot be parsed is INTERNAL on the side that could not parse it.
    func decoded<M: Message>(limits: DecodeLimits, as what: @autoclosure () -> String) throws(RPCError) -> M {
        do throws(WireError) {
            return unsafe try withBytes { bytes throws(WireError) in unsafe try M(decoding: bytes, limits: limits) }
        } catch {
            throw RPCError(.internal, "The \(what()) could not be parsed: \(error)", cause: error)
        }
    }
}
