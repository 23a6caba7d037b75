import Dispatch
import Foundation
import Synchronization

/// Threads that own one database session each and work off one queue. Sessions block, so they must
/// not do it on the threads that Swift's tasks share; and asking one of these threads costs a
/// fraction of an asynchronous call of the database library.
final class WorkerPool<Session>: Sendable {
    private let queue: JobQueue<Session>
    private let threads: Int
    private let ended = DispatchSemaphore(value: 0)
    private let isClosed = Mutex(false)
    /// The threads themselves, to know when one of them asks for the end of all.
    private let members = Mutex<Set<ObjectIdentifier>>([])

    /// Starts the threads and waits until each has its session. `open` makes a session, gives it to
    /// its argument, and ends it when that returns.
    init(name: String, threads: Int, limit: Int, what: String,
         open: @escaping @Sendable (_ use: (Session) -> Void) throws(StoreError) -> Void) throws(StoreError) {
        queue = JobQueue(limit: limit, what: what)
        self.threads = threads
        let begun = DispatchSemaphore(value: 0)
        let failure = FirstFailure()
        for number in 1...threads {
            let thread = Thread { [queue, ended] in
                Thread.current.name = threads == 1 ? name : "\(name)-\(number)"
                do throws(StoreError) {
                    try open { session in
                        begun.signal()
                        while let job = queue.next() { job.run(session) }
                    }
                } catch {
                    failure.note(error)
                    begun.signal()
                }
                ended.signal()
            }
            thread.stackSize = 2 << 20
            members.withLock { _ = $0.insert(ObjectIdentifier(thread)) }
            thread.start()
        }
        for _ in 0..<threads { begun.wait() }
        if let error = failure.error {
            close()
            throw error
        }
    }

    var waiting: Int { queue.count }

    /// Runs `body` on one of the threads. A task that is cancelled while its work waits is answered
    /// at once and the work is not done; see `Ticket` for work that has begun.
    func run<Value: Sendable>(
        abandonable: Bool, _ body: @escaping @Sendable (Session, StopFlag) throws -> Value
    ) async throws -> Value {
        let ticket = Ticket<Value>(abandonable: abandonable)
        return try await wait(for: ticket, Job(run: { session in
            guard ticket.begin() else { return }
            ticket.finish(Result { try body(session, ticket.stop) })
        }, isOver: { ticket.isOver }))
    }

    /// Waits for a write that may be done together with others. The thread that comes to it hands it to
    /// `together`, with a way to take more such writes from the head of the queue.
    func run<Value: Sendable>(
        write body: @escaping @Sendable (any Writer) throws -> Value,
        together: @escaping @Sendable (Session, _ first: WriteMember, _ next: () -> WriteMember?) -> Void
    ) async throws -> Value {
        // Whoever asked for a write must learn whether it was kept.
        let ticket = Ticket<Value>(abandonable: false)
        let member = WriteMember(ticket, body)
        return try await wait(for: ticket, Job(run: { [queue] session in
            together(session, member) { queue.nextMember() }
        }, isOver: { ticket.isOver }, member: member))
    }

    private func wait<Value: Sendable>(for ticket: Ticket<Value>, _ job: Job<Session>) async throws -> Value {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                guard ticket.wait(continuation) else { return }
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

    /// Runs `body` on one of the threads and blocks for its result. Only while a store is opened.
    func runBlocking<Value: Sendable>(
        _ body: @escaping @Sendable (Session) throws(StoreError) -> Value
    ) throws(StoreError) -> Value {
        let answer = Answer<Value>()
        let done = DispatchSemaphore(value: 0)
        try queue.add(Job(run: { session in
            do throws(StoreError) {
                let value = try body(session)
                answer.result.withLock { $0 = .success(value) }
            } catch {
                answer.result.withLock { $0 = .failure(error) }
            }
            done.signal()
        }, isOver: { false }))
        done.wait()
        guard let result = answer.result.withLock({ $0 }) else {
            throw StoreError(.internal, "A store thread ended without an answer.")
        }
        return try result.get()
    }

    /// Takes no more work, lets what waits finish, and waits for the threads to end.
    func close() {
        isClosed.withLock { closed in
            guard !closed else { return }
            closed = true
            queue.close(threads: threads)
            // The last owner of a store may be a body that runs here: it cannot wait for itself.
            let isMember = members.withLock { $0.contains(ObjectIdentifier(Thread.current)) }
            for _ in 0..<(isMember ? threads - 1 : threads) { ended.wait() }
        }
    }
}

private final class Answer<Value: Sendable>: Sendable {
    let result = Mutex<Result<Value, StoreError>?>(nil)
}

private final class FirstFailure: Sendable {
    private let first = Mutex<StoreError?>(nil)

    var error: StoreError? { first.withLock { $0 } }

    func note(_ error: StoreError) {
        first.withLock { $0 = $0 ?? error }
    }
}
