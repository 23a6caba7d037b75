import Synchronization
import Wire

/// How the next attempt comes about.
extension RetryingCall {
    /// Metadata by which a handler learns how many attempts came before.
    static let attemptsKey = "grpc-previous-rpc-attempts"

    private enum Claim {
        /// The call ends with this.
        case over(RPCError)
        /// Somebody has made another attempt meanwhile.
        case outdated
        /// Somebody makes one now.
        case wait
        case mine
    }

    /// Makes the next attempt after `error` ended attempt `number`, or waits for the one who does.
    /// - Throws: what the call ends with, if there is none.
    func recover(from error: RPCError, _ number: Int) async throws(RPCError) {
        // A cancelled task ends its call, whatever codes are to be retried.
        if error.code == .cancelled, Task.isCancelled { throw end(error) }
        switch claim(number, error) {
        case .over(let error): throw error
        case .outdated: return
        case .wait: return await renewed()
        case .mine: break
        }
        var failure = error
        while true {
            guard let pause = nextPause(after: failure) else { throw giveUp(failure) }
            if pause > .zero { await wait(pause) }
            guard let attempt = beginNext() else { throw giveUp(failure) }
            guard let problem = await sendAgain(on: attempt) else { return }
            failure = problem
        }
    }

    private func claim(_ number: Int, _ error: RPCError) -> Claim {
        state.withLock { state in
            if let end = state.end { return .over(end) }
            if state.number != number { return .outdated }
            if state.isRenewing { return .wait }
            if state.isCommitted || state.attempt.hasAnswered { return .over(error) }
            state.isRenewing = true
            return .mine
        }
    }

    private func nextPause(after error: RPCError) -> Duration? {
        let pause = state.withLock { state -> Duration? in
            if state.end != nil || state.isCommitted || state.attempt.hasAnswered { return nil }
            if let replica = state.attempt.replica { state.avoided.append(replica) }
            return state.plan.wait(after: error, channel.throttle, jitter: channel.jitter)
        }
        // The deadline is for all attempts. One that could only begin after it would but hide what happened.
        guard let pause, let deadline = head.deadline else { return pause }
        return pause < deadline.remaining ? pause : nil
    }

    private func giveUp(_ failure: RPCError) -> RPCError {
        let (error, waiters) = state.withLock { state in
            state.isRenewing = false
            state.isCommitted = true
            state.buffer.removeAll()
            defer { state.waiters = [] }
            return (state.end ?? failure, state.waiters)
        }
        for waiter in waiters { waiter.resume() }
        return error
    }

    /// Waits, at most until the call is cancelled.
    private func wait(_ duration: Duration) async {
        let clock = channel.clock
        let pause = Task { () -> Void in try? await clock.sleep(for: duration) }
        let isOver = state.withLock { state in
            state.pause = pause
            return state.end != nil
        }
        if isOver { pause.cancel() }
        await withTaskCancellationHandler {
            await pause.value
        } onCancel: {
            cancel()
        }
        state.withLock { $0.pause = nil }
    }

    /// Nil if the call has ended meanwhile.
    private func beginNext() -> (any ClientCall)? {
        var next = head
        let first = state.withLock { state -> [UInt8]? in
            next.previousAttempts = state.plan.previousAttempts
            next.avoided = state.avoided
            return isOneMessage ? state.buffer.messages.first : nil
        }
        next.metadata.remove(Self.attemptsKey)
        next.metadata.add(Self.attemptsKey, "\(next.previousAttempts)")
        let attempt = first?.withPacking { channel.inner.begin(next, only: $0) } ?? channel.inner.begin(next)
        let isWanted = state.withLock { state in
            guard state.end == nil else { return false }
            state.attempt = attempt
            state.number += 1
            return true
        }
        guard isWanted else {
            attempt.cancel()
            return nil
        }
        return attempt
    }

    /// Sends on a new attempt what was sent on the one before; what its caller sends meanwhile comes after it.
    /// - Returns: what ended the attempt meanwhile.
    private func sendAgain(on attempt: any ClientCall) async -> RPCError? {
        var sent = isOneMessage ? 1 : 0
        while let message = nextAgain(sent) {
            do throws(RPCError) {
                try await attempt.readyToSend()
            } catch {
                return error
            }
            message.withPacking { attempt.send($0) }
            sent += 1
        }
        return nil
    }

    /// The next message to send again. After the last the caller sends by itself again.
    private func nextAgain(_ sent: Int) -> [UInt8]? {
        let (message, halfClosed, waiters) = state.withLock { state -> ([UInt8]?, (any ClientCall)?, [Waiter]) in
            if sent < state.buffer.messages.count { return (state.buffer.messages[sent], nil, []) }
            state.isRenewing = false
            if state.isCommitted { state.buffer.removeAll() }
            defer { state.waiters = [] }
            return (nil, state.isHalfClosed && !isOneMessage ? state.attempt : nil, state.waiters)
        }
        halfClosed?.halfClose()
        for waiter in waiters { waiter.resume() }
        return message
    }

    /// Waits until the next attempt is there, or the call has ended.
    func renewed() async {
        await withTaskCancellationHandler {
            await Waiter.suspend { waiter in
                state.withLock { state in
                    guard state.isRenewing, state.end == nil else { return false }
                    state.waiters.append(waiter)
                    return true
                }
            }
        } onCancel: {
            cancel()
        }
    }
}
