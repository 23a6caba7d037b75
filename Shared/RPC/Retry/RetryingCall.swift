import Synchronization
import Wire

/// A call of a ``RetryingChannel``: one attempt after the other, until one is answered or no more is to be made.
///
/// Whoever notices first that an attempt failed, reader or writer, makes the next one; the other waits meanwhile.
final class RetryingCall: ClientCall {
    struct State {
        var attempt: any ClientCall
        var number = 0
        /// Somebody makes the next attempt, or sends again on it what was sent before.
        var isRenewing = false
        /// What comes of this attempt comes of the call.
        var isCommitted = false
        var isHalfClosed = false
        var buffer = RetryBuffer()
        var plan: RetryPlan
        /// Why the call ended on this side.
        var end: RPCError?
        /// The reader has read to the end.
        var isRead = false
        /// Replicas on which an attempt failed.
        var avoided: [UInt64] = []
        var waiters: [Waiter] = []
        var pause: Task<Void, Never>?
    }

    let channel: RetryingChannel
    let head: CallHead
    /// Whether the call was opened with its only message.
    let isOneMessage: Bool
    let state: Mutex<State>
    private let maximumResponseBytes: Int?

    init(_ head: CallHead, _ method: MethodConfig, _ channel: RetryingChannel, only first: borrowing Packing) {
        self.channel = channel
        self.head = head
        isOneMessage = true
        maximumResponseBytes = method.maximumResponseBytes
        let isKept = first.byteCount <= RetryBuffer.maximumBytes
        guard isKept else {
            state = Mutex(Self.opened(channel.inner.begin(head, only: first), head, method))
            state.withLock { $0.isCommitted = true }
            return
        }
        let bytes = first.copied()
        state = Mutex(Self.opened(bytes.withPacking { channel.inner.begin(head, only: $0) }, head, method))
        state.withLock { _ = $0.buffer.append(bytes) }
    }

    init(_ head: CallHead, _ method: MethodConfig, _ channel: RetryingChannel) {
        self.channel = channel
        self.head = head
        isOneMessage = false
        maximumResponseBytes = method.maximumResponseBytes
        state = Mutex(Self.opened(channel.inner.begin(head), head, method))
    }

    private static func opened(_ attempt: any ClientCall, _ head: CallHead, _ method: MethodConfig) -> State {
        State(attempt: attempt, plan: RetryPlan(head.mayRunTwice ? method.retryPolicy : nil))
    }

    // MARK: Reading

    func next() async throws(RPCError) -> Payload? {
        while true {
            let (attempt, number) = try current()
            do throws(RPCError) {
                guard let payload = try await attempt.next() else {
                    finishReading()
                    return nil
                }
                if let limit = maximumResponseBytes, payload.count > limit {
                    throw end(.tooLarge("answer", payload.count, limit))
                }
                commit()
                return payload
            } catch {
                try await recover(from: error, number)
            }
        }
    }

    /// Nothing has arrived before ``next()`` has seen the first message: until then there may be another attempt.
    func nextArrived() -> Payload? {
        let attempt = state.withLock { $0.isCommitted && $0.end == nil ? $0.attempt : nil }
        guard let payload = attempt?.nextArrived() else { return nil }
        if let limit = maximumResponseBytes, payload.count > limit {
            // Which ``next()`` tells.
            _ = end(.tooLarge("answer", payload.count, limit))
            return nil
        }
        return payload
    }

    func initialMetadata() async throws(RPCError) -> Metadata {
        while true {
            let (attempt, number) = try current()
            do throws(RPCError) {
                let metadata = try await attempt.initialMetadata()
                commit()
                return metadata
            } catch {
                try await recover(from: error, number)
            }
        }
    }

    var trailingMetadata: Metadata { state.withLock { $0.attempt }.trailingMetadata }
    var hasAnswered: Bool { state.withLock { $0.attempt }.hasAnswered }
    var replica: UInt64? { state.withLock { $0.attempt }.replica }

    private func current() throws(RPCError) -> (any ClientCall, Int) {
        let result = state.withLock { state -> Result<(any ClientCall, Int), RPCError> in
            state.end.map { .failure($0) } ?? .success((state.attempt, state.number))
        }
        return try result.get()
    }

    /// Something of an answer has come: there is no other attempt.
    private func commit() {
        state.withLock { state in
            guard !state.isCommitted else { return }
            state.isCommitted = true
            // Who sends again still needs it, and lets go of it then.
            if !state.isRenewing { state.buffer.removeAll() }
        }
    }

    private func finishReading() {
        commit()
        let isFirst = state.withLock { state in
            defer { state.isRead = true }
            return !state.isRead
        }
        if isFirst { channel.throttle?.succeeded() }
    }

    // MARK: Writing

    func readyToSend() async throws(RPCError) {
        while true {
            let (attempt, number) = try current()
            if state.withLock({ $0.isRenewing }) {
                await renewed()
                continue
            }
            do throws(RPCError) {
                return try await attempt.readyToSend()
            } catch {
                try await recover(from: error, number)
            }
        }
    }

    func send(_ message: borrowing Packing) {
        let isKept = state.withLock { !$0.isCommitted || $0.isRenewing }
        let bytes = isKept ? message.copied() : []
        let target = state.withLock { state -> (any ClientCall)? in
            guard isKept else { return state.attempt }
            if !state.buffer.append(bytes) { state.isCommitted = true }
            if state.isRenewing { return nil }
            if state.isCommitted { state.buffer.removeAll() }
            return state.attempt
        }
        target?.send(message)
    }

    func halfClose() {
        let target = state.withLock { state in
            state.isHalfClosed = true
            return state.isRenewing ? nil : state.attempt
        }
        target?.halfClose()
    }

    // MARK: Ending

    func cancel() { _ = end(RPCError(.cancelled, "The call was cancelled by its own side.")) }

    /// Ends the call on this side; only the first end counts.
    /// - Returns: what it ended with.
    func end(_ error: RPCError) -> RPCError {
        let (attempt, pause, waiters) = state.withLock { state in
            if state.end == nil, !state.isRead { state.end = error }
            defer { state.waiters = [] }
            return (state.attempt, state.pause, state.waiters)
        }
        attempt.cancel()
        pause?.cancel()
        for waiter in waiters { waiter.resume() }
        return error
    }
}
