import Synchronization

/// Lets a writer go on while it has credit, and makes it wait while it has none.
///
/// Credit is counted in bytes. A message may be sent while the credit is above zero and may take it below: what the
/// reader has to hold is its window and one message.
package struct CreditGate: ~Copyable, Sendable {
    struct State {
        var credit: Int
        var waiters: [Waiter] = []
        var closed: Closing?
    }

    /// Why a gate was closed. By reference: an error is large, every call has a gate, and nearly all are closed for one
    /// reason.
    package final class Closing: Sendable {
        let error: RPCError

        package init(_ error: RPCError) { self.error = error }
    }

    /// Bytes that a stream may send before it was granted more.
    package static let initialWindowBytes = 512 << 10
    /// What a message costs besides its own bytes, so that many empty ones are bounded too.
    package static let messageOverheadBytes = 32

    private let state: Mutex<State>

    package init(window: Int = initialWindowBytes) { state = Mutex(State(credit: window)) }

    /// Waits until there is credit.
    /// - Throws: the error that the gate was closed with; CANCELLED if the task was cancelled.
    package func acquire() async throws(RPCError) {
        while true {
            if let closed = state.withLock({ $0.closed }) { throw closed.error }
            if state.withLock({ $0.credit > 0 }) { return }
            if Task.isCancelled { throw RPCError(.cancelled, "The call was cancelled by its own side.") }
            await waitForChange()
        }
    }

    /// Whether a writer would not have to wait now.
    package var isOpen: Bool { state.withLock { $0.credit > 0 && $0.closed == nil } }

    /// Takes what a message of `byteCount` costs.
    package func spend(_ byteCount: Int) {
        state.withLock { $0.credit -= byteCount + Self.messageOverheadBytes }
    }

    package func grant(_ byteCount: Int) {
        wake { state in state.credit += byteCount }
    }

    /// Makes every writer fail from now on.
    package func close(_ error: RPCError) { close(Closing(error)) }

    /// Makes every writer fail from now on.
    package func close(_ closing: Closing) {
        wake { state in if state.closed == nil { state.closed = closing } }
    }

    private func wake(_ change: (inout State) -> Void) {
        let waiters = state.withLock { state in
            change(&state)
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    private func waitForChange() async {
        await withTaskCancellationHandler {
            await Waiter.suspend { waiter in
                state.withLock { state in
                    guard state.credit <= 0, state.closed == nil, !Task.isCancelled else { return false }
                    state.waiters.append(waiter)
                    return true
                }
            }
        } onCancel: {
            wake { _ in }
        }
    }
}
