/// Something that only the I/O thread may touch, held by whoever has work for it there.
@safe
package final class Confined<Value>: @unchecked Sendable {
    // Invariant: `stored` is read on `thread` or in its place alone, which `value` checks in every build: a socket that two
    // threads use at once ends the process at some later and worse moment.
    package let thread: IOThread
    private let stored: Value

    package init(_ value: sending Value, to thread: IOThread) {
        stored = value
        self.thread = thread
    }

    /// The value; on the I/O thread.
    package var value: Value {
        precondition(thread.isCurrent, "a value of the I/O thread was touched on another one")
        return stored
    }

    /// The value, if this is the I/O thread; for what is done so often that making a closure of it shows.
    package var ifCurrent: Value? { thread.isCurrent ? stored : nil }

    /// Does something with the value: now if this is the I/O thread, else as soon as it comes to it.
    package func perform(_ work: @escaping @Sendable (Value) -> Void) {
        if thread.isCurrent { work(stored) } else { submit(work) }
    }

    /// Does something with the value after what was submitted before.
    package func submit(_ work: @escaping @Sendable (Value) -> Void) {
        thread.submit { work(self.stored) }
    }

    /// The same, at once if the I/O thread sleeps; see ``IOThread/submitPromptly(_:)``.
    package func submitPromptly(_ work: @escaping @Sendable (Value) -> Void) {
        thread.submitPromptly { work(self.stored) }
    }
}
