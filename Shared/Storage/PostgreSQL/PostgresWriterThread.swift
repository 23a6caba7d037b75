import Dispatch
import Foundation
import Synchronization

/// The thread that writes, with the queue of what waits for it.
final class PostgresWriterThread: Sendable {
    /// Where a job leaves its member for the thread.
    final class Inbox {
        var member: WriteMember?
    }

    private let queue: JobQueue<Inbox>
    private let ended = DispatchSemaphore(value: 0)
    private let isClosed = Mutex(false)
    private let thread = Mutex<ObjectIdentifier?>(nil)

    init(_ setup: PostgresSetup) {
        queue = JobQueue(limit: setup.limits.waitingWrites, what: "writes")
        let thread = Thread { [queue, ended] in
            Thread.current.name = "store-writer"
            Self.work(off: queue, PostgresSession(setup, .writer))
            ended.signal()
        }
        thread.stackSize = 2 << 20
        self.thread.withLock { $0 = ObjectIdentifier(thread) }
        thread.start()
    }

    private static func work(off queue: JobQueue<Inbox>, _ session: PostgresSession) {
        let inbox = Inbox()
        func member(of job: Job<Inbox>) -> WriteMember? {
            inbox.member = nil
            job.run(inbox)
            return inbox.member
        }
        func nextWaiting() -> WriteMember? {
            while let job = queue.nextIfAny() {
                if let member = member(of: job) { return member }
            }
            return nil
        }
        let group = PostgresWriteGroup(session: session, more: nextWaiting)
        while let job = queue.next() {
            if let member = member(of: job) { group.run(member) }
        }
    }

    var waiting: Int { queue.count }

    /// A task that is cancelled while its write waits is answered at once and the write is not done; once begun, it is
    /// finished.
    func run<Value: Sendable>(_ body: @escaping @Sendable (any Writer) throws -> Value) async throws -> Value {
        let ticket = Ticket<Value>(abandonable: false)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                guard ticket.wait(continuation) else { return }
                let member = WriteMember(ticket, body)
                let job = Job<Inbox>(run: { inbox in
                    if member.begin() { inbox.member = member }
                }, isOver: { ticket.isOver })
                do {
                    try queue.add(job)
                } catch {
                    ticket.finish(.failure(error))
                }
            }
        } onCancel: {
            ticket.cancel()
        }
    }

    /// Takes no more, lets what waits finish, and waits for the thread to end.
    func close() {
        isClosed.withLock { closed in
            guard !closed else { return }
            closed = true
            queue.close(threads: 1)
            // The last owner of a store may be a body that runs here: it cannot wait for itself.
            if thread.withLock({ $0 }) != ObjectIdentifier(Thread.current) { ended.wait() }
        }
    }
}
