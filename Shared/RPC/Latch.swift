import Synchronization

/// A value that is set once and waited for by any number of tasks.
package final class Latch<Value: Sendable>: Sendable {
    private struct State {
        var result: Result<Value, RPCError>?
        var waiters: [Waiter] = []
    }

    private let state = Mutex(State())

    package init() {}

    /// The value, if it is there.
    package var current: Result<Value, RPCError>? { state.withLock { $0.result } }

    /// Sets the value; later ones are ignored.
    package func set(_ result: Result<Value, RPCError>) {
        let waiters = state.withLock { state -> [Waiter] in
            guard state.result == nil else { return [] }
            state.result = result
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Waits for the value. Whoever sets it must do so also when the thing waited for cannot come any more.
    package func wait() async throws(RPCError) -> Value {
        if let current { return try current.get() }
        await Waiter.suspend { waiter in
            state.withLock { state in
                guard state.result == nil else { return false }
                state.waiters.append(waiter)
                return true
            }
        }
        guard let current else { preconditionFailure("a latch woke before it was set") }
        return try current.get()
    }
}
