import Dispatch
import Foundation
internal import Postgres
import Synchronization

/// A thread with a connection that hears when another process has added events.
final class PostgresListener: Sendable {
    /// How long one wait lasts. Then the server is asked whether it is there still: of one that vanished without a word
    /// nothing would be heard.
    private static let patience = Duration.seconds(5)

    private let waker: PostgresWaker
    private let stop = StopFlag()
    private let ended = DispatchSemaphore(value: 0)
    private let isClosed = Mutex(false)
    private let thread = Mutex<ObjectIdentifier?>(nil)

    init(_ setup: PostgresSetup, _ signal: @escaping @Sendable () -> Void) throws(StoreError) {
        guard let waker = PostgresWaker() else {
            throw StoreError(.unavailable, "The process has too many files open.", cause: errnoText())
        }
        self.waker = waker
        let thread = Thread { [stop, ended] in
            Thread.current.name = "store-listener"
            while !stop.isSet { Self.listen(PostgresSession(setup, .listener), waker, stop, signal) }
            ended.signal()
        }
        thread.stackSize = 1 << 20
        self.thread.withLock { $0 = ObjectIdentifier(thread) }
        thread.start()
    }

    /// Until the connection breaks and a new one is due, or the end.
    private static func listen(_ session: PostgresSession, _ waker: PostgresWaker, _ stop: StopFlag,
                               _ signal: @Sendable () -> Void) {
        while !stop.isSet {
            do {
                let connection = try session.connection()
                _ = try connection.perform("LISTEN \"\(session.setup.channel)\"", keep: false)
                // What came while nobody listened.
                signal()
                while !stop.isSet {
                    switch try connection.waitForNotification(waker, atMost: patience) {
                    case .notified(let sender): if sender != session.setup.ownWriter.processID { signal() }
                    case .timedOut: _ = try connection.perform("SELECT 1")
                    case .woken: break
                    }
                }
            } catch {
                session.drop()
                if !stop.isSet { waker.wait(atMost: session.pause) }
            }
        }
    }

    func close() {
        isClosed.withLock { closed in
            guard !closed else { return }
            closed = true
            stop.set()
            waker.wake()
            // The last owner of a store may be whoever is woken here: the thread cannot wait for itself.
            if thread.withLock({ $0 }) != ObjectIdentifier(Thread.current) { ended.wait() }
        }
    }
}

/// The server's number of the session that this process writes with: its own additions need no telling.
final class OwnWriter: Sendable {
    private let number = Atomic<Int32>(0)

    var processID: Int32 {
        get { number.load(ordering: .relaxed) }
        set { number.store(newValue, ordering: .relaxed) }
    }
}
