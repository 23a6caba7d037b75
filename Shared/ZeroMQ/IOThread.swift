internal import CZeroMQ
import Glibc
import Synchronization

/// The one thread that owns a process's sockets.
///
/// It waits in `epoll` for its sockets' descriptors and for a wake-up, runs what others submitted, fires timers
/// and drains sockets that may have something. Nothing else ever touches a socket, but who submits something promptly
/// while it sleeps: that thread is the I/O thread for a turn. Callers that do little besides calls may take it as their
/// `TaskExecutor` and save the hop.
@safe
package final class IOThread: TaskExecutor, @unchecked Sendable {
    // Invariant: `queue` is guarded by its mutex; `epoll` and `wake` are set once. Everything under "on the thread" is
    // touched by whoever holds `turn` alone, which is also the full fence that libzmq wants between two threads with one
    // socket; `assertOnThread` says so in debug builds.

    /// Something with a socket that the thread looks after.
    package protocol Source: AnyObject {
        /// Reads what is there, at most a batch.
        /// - Returns: true if more may be waiting; false if the socket was found empty after everything that was sent
        ///   meanwhile.
        func drain() -> Bool
        /// Sends what was kept back since the last turn, to be sent together.
        func flush()
    }

    private enum Job {
        case work(@Sendable () -> Void)
        case task(UnownedJob)
    }

    private struct Queue {
        var jobs: [Job] = []
        var isAsleep = false
        var isStopping = false
    }

    /// A source's place on the thread.
    package final class Registration {
        fileprivate let source: any Source
        fileprivate let descriptor: Int32
        fileprivate var needsDrain = false
        /// Armed while a send that was not taken waits to be tried again.
        fileprivate var retry: LoopTimer?
        fileprivate var needsFlush = false
        fileprivate var isRemoved = false

        fileprivate init(_ source: any Source, _ descriptor: Int32) {
            self.source = source
            self.descriptor = descriptor
        }
    }

    /// Descriptors that one `epoll_wait` reports at most.
    private static let eventsAtOnce = 64
    /// How long a send that was not taken waits, if nothing happens before.
    private static let retryNanoseconds: UInt64 = 2_000_000
    /// Turns after which descriptors are looked at although there is work without them.
    private static let busyTurns = 32

    private let queue = Mutex(Queue())
    /// Held by whoever is the thread at the time; taken before `queue`.
    private let turn = Mutex(())
    private let epoll: Int32
    private let wake: Int32
    private let name: String
    private let hasEnded = Mutex(false)
    private let thread = Mutex<pthread_t?>(nil)

    // On the thread.
    private var registrations: [Int32: Registration] = [:]
    private var due: [Registration] = []
    private var spareDue: [Registration] = []
    private var corked: [Registration] = []
    private var spareCorked: [Registration] = []
    private var timers = TimerHeap()
    private var alarm = Alarm()
    private var spare: [Job] = []
    private var now: UInt64 = IOThread.clock()
    private var turns = 0

    /// Starts the thread. `name` is what `ps -L` shows, at most 15 bytes.
    package init(name: String) {
        self.name = name
        epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        wake = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        precondition(epoll >= 0 && wake >= 0, "no descriptors left for the I/O thread")
        watch(wake, EPOLLIN.rawValue | EPOLLET.rawValue)
        watch(alarm.descriptor, EPOLLIN.rawValue | EPOLLET.rawValue)
        start()
    }

    deinit {
        // Not when the thread ends: somebody may be about to wake it, and write to whatever has the number then.
        close(epoll)
        close(wake)
    }

    private func start() {
        var identifier = pthread_t()
        let context = unsafe Unmanaged.passRetained(self).toOpaque()
        let result = unsafe pthread_create(&identifier, nil, ioThreadMain, context)
        precondition(result == 0, "the system refused a thread: error \(result)")
        thread.withLock { $0 = identifier }
    }

    // MARK: From any thread

    /// Runs `work` on the thread, after what was submitted before.
    package func submit(_ work: @escaping @Sendable () -> Void) { push(.work(work)) }

    package func enqueue(_ job: consuming ExecutorJob) { push(.task(UnownedJob(job))) }

    /// Ends the thread after what was submitted before. Sources must have been removed. Returns when it has ended.
    package func stop() {
        let wasAsleep = queue.withLock { queue in
            queue.isStopping = true
            return queue.isAsleep
        }
        if wasAsleep { signal() }
        guard let identifier = thread.withLock({ $0.take() }) else { return }
        precondition(!isCurrent, "the I/O thread cannot wait for itself")
        pthread_join(identifier, nil)
    }

    /// Runs `work`: at once and in the thread's place while that sleeps, otherwise as ``submit(_:)`` does.
    ///
    /// For what a caller waits for: it saves the thread's wake-up. Not for what comes in crowds, which gains from being sent
    /// together, and not under a lock that something on the thread might want: also what came meanwhile is read here. The
    /// caller's task stays the current one; what is started on the thread must be detached.
    package func submitPromptly(_ work: @escaping @Sendable () -> Void) {
        guard takePlace() else { return submit(work) }
        var isDone = false
        let sleepsOn = turn.withLockIfAvailable { _ in
            isDone = true
            return standIn(work)
        }
        if !isDone {
            // The thread has woken up by itself.
            queue.withLock { $0.jobs.append(.work(work)) }
        }
        if sleepsOn != true { signal() }
    }

    /// - Returns: whether the thread sleeps. From then on it counts as awake for everybody else.
    private func takePlace() -> Bool {
        queue.withLock { queue in
            defer { queue.isAsleep = false }
            return queue.isAsleep
        }
    }

    /// A turn of the thread on another one.
    /// - Returns: whether the thread has nothing to do and may sleep on.
    private func standIn(_ work: () -> Void) -> Bool {
        let previous = unsafe pthread_getspecific(ioThreadKey)
        unsafe pthread_setspecific(ioThreadKey, Unmanaged.passUnretained(self).toOpaque())
        defer { unsafe pthread_setspecific(ioThreadKey, previous) }
        now = Self.clock()
        work()
        flushSources()
        // What was sent may have swallowed the sign that something came.
        drainSources()
        flushSources()
        return due.isEmpty && mayWait()
    }

    private func push(_ job: Job) {
        let wasAsleep = queue.withLock { queue in
            queue.jobs.append(job)
            defer { queue.isAsleep = false }
            return queue.isAsleep
        }
        if wasAsleep { signal() }
    }

    private func signal() {
        var one: UInt64 = 1
        while unsafe write(wake, &one, 8) < 0 && errno == EINTR {}
    }

    /// Whether the caller runs on this thread or in its place.
    package var isCurrent: Bool { unsafe pthread_getspecific(ioThreadKey) == Unmanaged.passUnretained(self).toOpaque() }

    package func assertOnThread() { assert(isCurrent, "this belongs to the I/O thread") }

    /// Nanoseconds on the monotonic clock.
    package static func clock() -> UInt64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    // MARK: On the thread

    /// The clock as it was when this turn of the loop began.
    package var turnTime: UInt64 { now }

    /// Looks after `source` from now on, until the registration is removed.
    package func add(_ source: any Source, descriptor: Int32) -> Registration {
        assertOnThread()
        let registration = Registration(source, descriptor)
        registrations[descriptor] = registration
        watch(descriptor)
        needsDrain(registration)
        return registration
    }

    package func remove(_ registration: Registration) {
        assertOnThread()
        guard !registration.isRemoved else { return }
        registration.isRemoved = true
        if let retry = registration.retry { timers.disarm(retry) }
        registrations[registration.descriptor] = nil
        _ = epoll_ctl(epoll, EPOLL_CTL_DEL, registration.descriptor, nil)
    }

    /// To be called after a send on the source's socket too: the send may have swallowed the sign that something came.
    package func needsDrain(_ registration: Registration) {
        guard !registration.needsDrain else { return }
        registration.needsDrain = true
        due.append(registration)
    }

    /// To be called when the source keeps something back that is to be sent at the end of this turn.
    package func needsFlush(_ registration: Registration) {
        guard !registration.needsFlush else { return }
        registration.needsFlush = true
        corked.append(registration)
    }

    /// To be called after a send that was not taken: the source is looked at again after a moment. At once would be again and
    /// again for as long as its peer is stuck, and the thread would look at nothing else.
    package func needsDrainSoon(_ registration: Registration) {
        guard registration.retry == nil, !registration.isRemoved else { return }
        let timer = LoopTimer { [unowned self, unowned registration] in
            registration.retry = nil
            needsDrain(registration)
        }
        registration.retry = timer
        timers.arm(timer, at: Self.clock() + Self.retryNanoseconds)
    }

    /// Arms `timer` for `instant`, in nanoseconds of ``clock()``; arming it again moves it.
    package func arm(_ timer: LoopTimer, at instant: UInt64) {
        assertOnThread()
        timers.arm(timer, at: instant)
    }

    package func disarm(_ timer: LoopTimer) { timers.disarm(timer) }

    /// - Parameter events: with EPOLLET what is only reported, but need not be read for the next report.
    private func watch(_ descriptor: Int32, _ events: UInt32 = EPOLLIN.rawValue) {
        var event = unsafe epoll_event()
        unsafe event.events = events
        unsafe event.data.fd = descriptor
        let result = unsafe epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event)
        precondition(result == 0, "descriptor \(descriptor) cannot be waited for: error \(errno)")
    }

    fileprivate func run() {
        unsafe pthread_setspecific(ioThreadKey, Unmanaged.passUnretained(self).toOpaque())
        unsafe olp_name_current_thread(String(name.prefix(15)))
        while let next = turn.withLock({ _ in takeTurn() }) { look(waiting: next == .wait) }
    }

    private enum Next {
        case wait, look
    }

    /// - Returns: nil at the end.
    private func takeTurn() -> Next? {
        while true {
            let stopping = runJobs()
            now = Self.clock()
            while let timer = timers.takeDue(at: now) { timer.fire() }
            // First what there is to send: a source is looked at after it in any case.
            flushSources()
            drainSources()
            flushSources()
            if stopping { return nil }
            // Not when something was sent: that may have swallowed the sign that something came.
            if due.isEmpty, mayWait() { return .wait }
            turns += 1
            if turns.isMultiple(of: Self.busyTurns) { return .look }
        }
    }

    private func runJobs() -> Bool {
        let stopping = queue.withLock { queue in
            swap(&queue.jobs, &spare)
            return queue.isStopping && spare.isEmpty
        }
        for job in spare {
            switch job {
            case .work(let work): work()
            case .task(let job): unsafe job.runSynchronously(on: asUnownedTaskExecutor())
            }
        }
        spare.removeAll(keepingCapacity: true)
        return stopping
    }

    private func drainSources() {
        swap(&due, &spareDue)
        for registration in spareDue {
            registration.needsDrain = false
            guard !registration.isRemoved else { continue }
            if registration.source.drain() {
                needsDrain(registration)
            } else if registration.needsDrain {
                registration.needsDrain = false
                due.removeAll { $0 === registration }
            }
        }
        spareDue.removeAll(keepingCapacity: true)
    }

    private func flushSources() {
        guard !corked.isEmpty else { return }
        swap(&corked, &spareCorked)
        for registration in spareCorked {
            registration.needsFlush = false
            if !registration.isRemoved { registration.source.flush() }
        }
        spareCorked.removeAll(keepingCapacity: true)
    }

    /// Whether there is nothing to do until a descriptor or a timer says so.
    private func mayWait() -> Bool {
        queue.withLock { queue in
            guard queue.jobs.isEmpty, !queue.isStopping else { return false }
            queue.isAsleep = true
            if let instant = timers.nextInstant { alarm.goOff(by: instant) }
            return true
        }
    }

    /// Notes which sources have something.
    /// - Parameter waits: until one has, the alarm goes off or something is submitted.
    private func look(waiting waits: Bool) {
        unsafe withUnsafeTemporaryAllocation(of: epoll_event.self, capacity: Self.eventsAtOnce) { events in
            let count = unsafe epoll_wait(epoll, events.baseAddress, Int32(Self.eventsAtOnce), waits ? -1 : 0)
            turn.withLock { _ in
                queue.withLock { $0.isAsleep = false }
                for index in 0..<max(0, Int(count)) {
                    let descriptor = unsafe events[index].data.fd
                    if let registration = registrations[descriptor] {
                        needsDrain(registration)
                    } else if descriptor == alarm.descriptor {
                        alarm.wentOff()
                    }
                }
            }
        }
    }
}

extension IOThread.Source {
    package func flush() {}
}

/// Holds, for each thread, the `IOThread` that it is.
private let ioThreadKey: pthread_key_t = {
    // Set once before any thread reads it; pthread keys may be used from every thread.
    var key = pthread_key_t()
    unsafe pthread_key_create(&key, nil)
    return key
}()

private func ioThreadMain(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context = unsafe context else { return nil }
    let thread = unsafe Unmanaged<IOThread>.fromOpaque(context).takeRetainedValue()
    thread.run()
    return nil
}
