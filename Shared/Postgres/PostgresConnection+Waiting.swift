internal import CPostgres

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What ended a wait for notifications.
package enum PostgresWake: Sendable {
    /// Another session's NOTIFY; its number.
    case notified(by: Int32)
    case woken
    case timedOut
}

extension PostgresConnection {
    /// How often a long wait looks whether anybody still waits for its answer.
    private static let stopInterval = Duration.milliseconds(100)

    /// Gives libpq's buffer to the system. Reads as well: a server that cannot send its answers takes no more.
    func flush() throws(PostgresError) {
        let deadline = ContinuousClock.now + options.answerWait
        while true {
            switch unsafe PQflush(handle) {
            case 0: return
            case 1:
                let ready = try wait(for: POLLIN | POLLOUT, until: deadline, statement: nil)
                if ready & Int16(POLLIN) != 0, unsafe PQconsumeInput(handle) != 1 { throw lost() }
            default: throw lost()
            }
        }
    }

    func waitForInput(until deadline: ContinuousClock.Instant, statement: Int?) throws(PostgresError) {
        _ = try wait(for: POLLIN, until: deadline, statement: statement)
    }

    private func wait(
        for events: Int32, until deadline: ContinuousClock.Instant, statement: Int?
    ) throws(PostgresError) -> Int16 {
        while true {
            var step = deadline - ContinuousClock.now
            guard step > .zero else {
                isBroken = true
                throw .lost("the server gave no answer for \(options.answerWait)", statement: statement)
            }
            if shouldStop != nil { step = min(step, Self.stopInterval) }
            var entry = unsafe pollfd(fd: PQsocket(handle), events: Int16(events), revents: 0)
            guard entry.fd >= 0 else { throw lost(statement: statement) }
            let count = unsafe poll(&entry, 1, step.wholeMilliseconds)
            if count > 0 { return entry.revents }
            if let stop = shouldStop, stop() {
                shouldStop = nil
                cancelStatement()
            }
        }
    }

    /// Asks the server to stop what it does; the answer is then an error with 57014. Makes a connection of its own.
    private func cancelStatement() {
        guard let cancel = unsafe PQgetCancel(handle) else { return }
        var text = [CChar](repeating: 0, count: 256)
        _ = unsafe PQcancel(cancel, &text, Int32(text.count))
        unsafe PQfreeCancel(cancel)
    }

    /// Waits until another session notifies a channel that this one listens to, or `waker` wakes.
    package func waitForNotification(_ waker: PostgresWaker, atMost limit: Duration) throws(PostgresError) -> PostgresWake {
        let deadline = ContinuousClock.now + limit
        while true {
            guard unsafe PQconsumeInput(handle) == 1 else { throw lost() }
            if let notification = unsafe PQnotifies(handle) {
                defer { unsafe PQfreemem(notification) }
                return unsafe .notified(by: notification.pointee.be_pid)
            }
            let left = deadline - ContinuousClock.now
            guard left > .zero else { return .timedOut }
            var entries = unsafe [
                pollfd(fd: PQsocket(handle), events: Int16(POLLIN), revents: 0),
                pollfd(fd: waker.reading, events: Int16(POLLIN), revents: 0),
            ]
            guard entries[0].fd >= 0 else { throw lost() }
            _ = unsafe poll(&entries, 2, left.wholeMilliseconds)
            if entries[1].revents != 0 { return .woken }
        }
    }
}
