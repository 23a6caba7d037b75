package import Wire

/// The messages that a server streams. It is read once, by one task; when nobody reads it any more, the call is cancelled.
package struct ResponseStream<Element: Message>: AsyncSequence, Sendable {
    package typealias Failure = RPCError

    private let source: Result<CallLease, RPCError>
    private let method: MethodDescriptor
    private let limits: DecodeLimits

    init(_ call: any ClientCall, _ method: MethodDescriptor, _ limits: DecodeLimits) {
        source = .success(CallLease(call))
        self.method = method
        self.limits = limits
    }

    init(failing error: RPCError, _ method: MethodDescriptor) {
        source = .failure(error)
        self.method = method
        limits = .default
    }

    /// Waits for the server's initial metadata. A cancelled task cancels the call and gets CANCELLED.
    package func initialMetadata() async throws(RPCError) -> Metadata {
        let call = try source.get().call
        let result: Result<Metadata, RPCError> = await withTaskCancellationHandler {
            do throws(RPCError) {
                return .success(try await call.initialMetadata())
            } catch {
                return .failure(error)
            }
        } onCancel: {
            call.cancel()
        }
        return try result.get()
    }

    /// The server's trailing metadata, after the last message.
    package var trailingMetadata: Metadata { (try? source.get().call.trailingMetadata) ?? Metadata() }

    /// Ends the call.
    package func cancel() { try? source.get().call.cancel() }

    /// The next message; nil after the last. A cancelled task cancels the call and gets CANCELLED.
    package func next() async throws(RPCError) -> Element? {
        let lease = try source.get()
        do throws(RPCError) {
            guard let payload = try await lease.call.next() else { return nil }
            return try payload.decoded(limits: limits, as: "message from \(method)")
        } catch {
            lease.call.cancel()
            throw error
        }
    }

    /// The next message if it has arrived already. Nil if it would have to be waited for, and after the end, which
    /// ``next()`` tells: for readers that do together what there is, and never wait for more.
    package func nextArrived() throws(RPCError) -> Element? {
        guard case .success(let lease) = source else { return nil }
        do throws(RPCError) {
            return try lease.call.nextArrived()?.decoded(limits: limits, as: "message from \(method)")
        } catch {
            lease.call.cancel()
            throw error
        }
    }

    package func makeAsyncIterator() -> AsyncIterator { AsyncIterator(stream: self) }

    package struct AsyncIterator: AsyncIteratorProtocol {
        let stream: ResponseStream

        package mutating func next() async throws(RPCError) -> Element? { try await stream.next() }

        package mutating func next(isolation actor: isolated (any Actor)?) async throws(RPCError) -> Element? {
            try await stream.next()
        }
    }
}
