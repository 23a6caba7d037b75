import Dispatch
import Synchronization

/// A piece of work for a thread that owns a `Session`.
struct Job<Session>: Sendable {
    var run: @Sendable (Session) -> Void
    /// Nobody waits for it any more.
    var isOver: @Sendable () -> Bool
    /// Set if it may be done together with others of its kind.
    var member: WriteMember?
}

/// First in, first out, for threads that block. Bounded: what comes when it is full is refused.
final class JobQueue<Session>: Sendable {
    private struct State {
        /// What waits is at `head` and after it.
        var jobs: [Job<Session>?] = []
        var head = 0
        var closed = false

        var count: Int { jobs.count - head }

        mutating func removeFirstMember() -> WriteMember? {
            guard head < jobs.count, let member = jobs[head]?.member else { return nil }
            _ = removeFirst()
            return member
        }

        mutating func removeFirst() -> Job<Session>? {
            guard head < jobs.count else { return nil }
            defer {
                jobs[head] = nil
                head += 1
                if head == jobs.count {
                    jobs.removeAll(keepingCapacity: true)
                    head = 0
                } else if head > 1024, head * 2 > jobs.count {
                    jobs.removeFirst(head)
                    head = 0
                }
            }
            return jobs[head]
        }

        mutating func forgetWhatIsOver() {
            jobs = jobs[head...].filter { $0?.isOver() == false }
            head = 0
        }
    }

    private let state = Mutex(State())
    /// Signalled once for each job, and once for each thread by `close`.
    private let arrivals = DispatchSemaphore(value: 0)
    private let limit: Int
    private let what: String

    /// `what` waits here is named in the refusal: "reads", "writes".
    init(limit: Int, what: String) {
        self.limit = limit
        self.what = what
    }

    var count: Int { state.withLock { $0.count } }

    func add(_ job: Job<Session>) throws(StoreError) {
        let refusal = state.withLock { state -> StoreError? in
            if state.closed { return StoreError(.unavailable, "The store is closed.") }
            if state.count >= limit { state.forgetWhatIsOver() }
            if state.count >= limit {
                return StoreError(.busy, "The store is busy: \(limit) \(what) are waiting already. Try again soon.")
            }
            state.jobs.append(job)
            return nil
        }
        if let refusal { throw refusal }
        arrivals.signal()
    }

    /// Blocks until there is work. Nil once the queue is closed and empty: the thread may end.
    func next() -> Job<Session>? {
        while true {
            arrivals.wait()
            let (job, closed) = state.withLock { ($0.removeFirst(), $0.closed) }
            if let job { return job }
            if closed { return nil }
        }
    }

    /// What waits first, if it may be done together with others. Does not block.
    func nextMember() -> WriteMember? {
        guard let member = state.withLock({ $0.removeFirstMember() }) else { return nil }
        // Takes back its signal. One that is still on its way wakes `next` once for nothing.
        _ = arrivals.wait(timeout: .now())
        return member
    }

    func close(threads: Int) {
        let first = state.withLock { state in
            defer { state.closed = true }
            return !state.closed
        }
        guard first else { return }
        for _ in 0..<threads { arrivals.signal() }
    }
}
