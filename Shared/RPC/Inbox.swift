import Synchronization
package import Wire

/// The received messages of one direction of a call, for one reader.
///
/// Bounded by the byte credit that the reader's side granted; whoever reads for it grants more for what was taken.
package struct Inbox: ~Copyable, Sendable {
    struct State {
        /// The first message, which is the only one of most calls.
        var head: Payload?
        var items: [Payload] = []
        var first = 0
        var waiter: Waiter?
        var end: Result<Void, RPCError>?

        var isEmpty: Bool { head == nil && first == items.count }

        mutating func append(_ item: Payload) {
            if isEmpty { head = item } else { items.append(item) }
        }

        mutating func take() -> Payload {
            if let item = head.take() { return item }
            let item = items[first]
            first += 1
            if first == items.count {
                items.removeAll(keepingCapacity: true)
                first = 0
            } else if first > 64 {
                items.removeFirst(first)
                first = 0
            }
            return item
        }
    }

    private let state = Mutex(State())

    package init() {}

    package func push(_ payload: Payload) {
        wake { state in
            if state.end == nil { state.append(payload) }
        }
    }

    /// Adds the last message: one wake-up where two would let the reader run into an inbox that is not closed yet.
    package func finish(with payload: Payload) {
        wake { state in
            guard state.end == nil else { return }
            state.append(payload)
            state.end = .success(())
        }
    }

    /// Ends the direction after the messages that are there already.
    package func finish() { wake { state in if state.end == nil { state.end = .success(()) } } }

    /// Ends the direction with an error, after the messages that are there already if `keepingMessages`.
    package func fail(_ error: RPCError, keepingMessages: Bool = false) {
        wake { state in
            if state.end == nil || !keepingMessages { state.end = .failure(error) }
            if !keepingMessages {
                state.head = nil
                state.items = []
                state.first = 0
            }
        }
    }

    private func wake(_ change: (inout State) -> Void) {
        let waiter = state.withLock { state in
            change(&state)
            return state.waiter.take()
        }
        waiter?.resume()
    }

    /// The next message; nil after the last.
    /// - Throws: the error that the direction ended with; CANCELLED if the task was cancelled.
    package func next() async throws(RPCError) -> Payload? {
        while true {
            switch poll() {
            case .message(let payload):
                return payload
            case .ended(let result):
                try result.get()
                return nil
            case .empty:
                await waitForChange()
                if Task.isCancelled, isWaitedFor {
                    throw RPCError(.cancelled, "The call was cancelled by its own side.")
                }
            }
        }
    }

    /// The next message if it is here already; nil otherwise, also after the end.
    package func nextArrived() -> Payload? {
        guard case .message(let payload) = poll() else { return nil }
        return payload
    }

    /// The only message of a direction that has ended well; nil if there are more, or more may come.
    package func takeOnly() -> Payload? {
        state.withLock { state in
            guard case .success? = state.end, state.items.isEmpty else { return nil }
            return state.head.take()
        }
    }

    private enum Poll {
        case message(Payload)
        case ended(Result<Void, RPCError>)
        case empty
    }

    private func poll() -> Poll {
        state.withLock { state in
            if !state.isEmpty { return .message(state.take()) }
            return state.end.map { .ended($0) } ?? .empty
        }
    }

    /// Whether a reader would have to wait.
    private var isWaitedFor: Bool { state.withLock { $0.isEmpty && $0.end == nil } }

    /// Returns when a message or the end has come, at once if it has, or the task is cancelled.
    package func waitForChange() async {
        await withTaskCancellationHandler {
            await Waiter.suspend { waiter in
                state.withLock { state in
                    guard state.isEmpty, state.end == nil, !Task.isCancelled else { return false }
                    precondition(state.waiter == nil, "a stream of messages has one reader")
                    state.waiter = waiter
                    return true
                }
            }
        } onCancel: {
            wake { _ in }
        }
    }
}
