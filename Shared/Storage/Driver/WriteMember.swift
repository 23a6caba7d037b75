import Synchronization

/// A write that waits for its turn: a body, and the task that waits for what becomes of it.
struct WriteMember: Sendable {
    /// False if nobody wants it any more.
    let begin: @Sendable () -> Bool
    /// Runs the body and keeps its value. May be called again.
    let run: @Sendable (any Writer) throws -> Void
    /// Gives the task the value, or this error.
    let finish: @Sendable ((any Error)?) -> Void
}

extension WriteMember {
    init<Value: Sendable>(_ ticket: Ticket<Value>, _ body: @escaping @Sendable (any Writer) throws -> Value) {
        let kept = Kept<Value>()
        begin = { ticket.begin() }
        run = { writer in
            let value = try body(writer)
            kept.value.withLock { $0 = value }
        }
        finish = { error in
            if let error {
                ticket.finish(.failure(error))
            } else if let value = kept.value.withLock({ $0 }) {
                ticket.finish(.success(value))
            } else {
                ticket.finish(.failure(StoreError(.internal, "A write ended without a value.")))
            }
        }
    }

    private final class Kept<Value: Sendable>: Sendable {
        let value = Mutex<Value?>(nil)
    }
}
