/// A suspended task that whoever takes this out of its place has to resume, exactly once.
///
/// Unchecked on purpose: waiting is on the path of every call, and each place where waiters are kept hands them
/// out under its lock.
@safe
struct Waiter: Sendable {
    private let continuation: UnsafeContinuation<Void, Never>

    func resume() { unsafe continuation.resume() }

    /// Suspends the task until the waiter is resumed.
    /// - Parameter keep: puts the waiter where it will be found; false if there is nothing to wait for.
    static func suspend(keep: (Waiter) -> Bool) async {
        unsafe await withUnsafeContinuation { continuation in
            let waiter = unsafe Waiter(continuation: continuation)
            if !keep(waiter) { waiter.resume() }
        }
    }
}
