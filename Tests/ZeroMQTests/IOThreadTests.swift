import Glibc
import Synchronization
import TestSupport
import Testing

@testable import ZeroMQ

@Suite("The I/O thread")
struct IOThreadTests {
    @Test("does what was submitted, in order, on itself alone")
    func order() async throws {
        let thread = IOThread(name: "test")
        let numbers = Mutex<[Int]>([])
        for number in 0..<1_000 {
            thread.submit { [unowned thread] in
                thread.assertOnThread()
                numbers.withLock { $0.append(number) }
            }
        }
        try await poll(until: "everything was done") { numbers.withLock { $0.count } == 1_000 }
        #expect(numbers.withLock { $0 } == Array(0..<1_000))
        #expect(!thread.isCurrent)
        thread.stop()
    }

    @Test("fires timers when they are due, earliest first, and disarmed ones never")
    func timers() async throws {
        let thread = IOThread(name: "test")
        let fired = Mutex<[String]>([])
        thread.submit { [unowned thread] in
            let now = IOThread.clock()
            let never = LoopTimer { fired.withLock { $0.append("never") } }
            thread.arm(LoopTimer { fired.withLock { $0.append("second") } }, at: now + 20_000_000)
            thread.arm(never, at: now + 10_000_000)
            thread.arm(LoopTimer { fired.withLock { $0.append("first") } }, at: now + 5_000_000)
            thread.disarm(never)
        }
        try await poll(until: "both fired") { fired.withLock { $0.count } >= 2 }
        #expect(fired.withLock { $0 } == ["first", "second"])
        thread.stop()
    }

    @Test("wakes for a timer that is armed while it waits for a later one, and for the next after that")
    func earlierTimer() async throws {
        let thread = IOThread(name: "test")
        let fired = Mutex<[String]>([])
        let arm: @Sendable (String, UInt64) -> Void = { [unowned thread] name, nanoseconds in
            thread.submit {
                thread.arm(LoopTimer { fired.withLock { $0.append(name) } }, at: IOThread.clock() + nanoseconds)
            }
        }
        arm("in an hour", 3_600_000_000_000)
        arm("earlier", 5_000_000)
        try await poll(until: "the earlier one fired") { fired.withLock { $0 } == ["earlier"] }
        // The system's timer stands at the hour now.
        arm("next", 200_000_000)
        arm("before it", 1_000_000)
        try await poll(until: "both fired") { fired.withLock { $0.count } == 3 }
        #expect(fired.withLock { $0 } == ["earlier", "before it", "next"])
        thread.stop()
    }

    @Test("is stood in for by one thread at a time, in the order in which each submits")
    func standIns() async throws {
        let thread = IOThread(name: "test")
        let log = SubmissionLog()
        await withTaskGroup { group in
            for submitter in 0..<4 {
                group.addTask {
                    for number in 0..<2_000 {
                        let work: @Sendable () -> Void = {
                            thread.assertOnThread()
                            log.note(number, of: submitter)
                        }
                        number.isMultiple(of: 3) ? thread.submit(work) : thread.submitPromptly(work)
                    }
                }
            }
        }
        try await poll(until: "everything was done") { log.numbers.reduce(0) { $0 + $1.count } == 8_000 }
        #expect(!log.hasOverlapped)
        #expect(log.numbers == Array(repeating: Array(0..<2_000), count: 4))
        #expect(!thread.isCurrent)
        thread.stop()
    }

    @Test("does in its place what is submitted promptly while it sleeps, and wakes for the timer that was armed there")
    func promptly() async throws {
        let thread = IOThread(name: "test")
        let fired = Mutex(false)
        let places = Mutex<[Bool]>([])
        // Asleep at some time: its first turn ends by itself.
        try await poll(until: "the thread slept when something was submitted") {
            let submitter = pthread_self()
            thread.submitPromptly { places.withLock { $0.append(pthread_equal(pthread_self(), submitter) != 0) } }
            return places.withLock { $0.last ?? false }
        }
        thread.submitPromptly { [unowned thread] in
            thread.arm(LoopTimer { fired.withLock { $0 = true } }, at: IOThread.clock() + 5_000_000)
        }
        try await poll(until: "the timer fired") { fired.withLock { $0 } }
        thread.stop()
    }

    @Test("is gone with its descriptors when it was stopped and nobody holds it")
    func goes() {
        weak var gone: IOThread?
        do {
            let thread = IOThread(name: "test")
            gone = thread
            thread.submitPromptly { [unowned thread] in
                thread.arm(LoopTimer {}, at: IOThread.clock() + 60_000_000_000)
            }
            thread.stop()
        }
        #expect(gone == nil)
    }

    @Test("runs the tasks that prefer it")
    func executor() async {
        let thread = IOThread(name: "test")
        let wasThere = await Task(executorPreference: thread) { thread.isCurrent }.value
        #expect(wasThere)
        thread.stop()
    }
}

/// What each of four submitters had done, and whether any two of them at once.
private final class SubmissionLog: Sendable {
    private let isBusy = Atomic(false)
    private let overlapped = Atomic(false)
    private let lists = Mutex(Array(repeating: [Int](), count: 4))

    var hasOverlapped: Bool { overlapped.load(ordering: .relaxed) }
    var numbers: [[Int]] { lists.withLock { $0 } }

    func note(_ number: Int, of submitter: Int) {
        if isBusy.exchange(true, ordering: .sequentiallyConsistent) { overlapped.store(true, ordering: .relaxed) }
        lists.withLock { $0[submitter].append(number) }
        isBusy.store(false, ordering: .sequentiallyConsistent)
    }
}

@Suite("The heap of timers")
struct TimerHeapTests {
    @Test("gives timers back in the order of their instants, whatever was armed, moved and disarmed")
    func model() {
        var random = Seed.generator(for: "timer heap")
        for _ in 0..<200 {
            var heap = TimerHeap()
            var model: [ObjectIdentifier: UInt64] = [:]
            let timers = (0..<40).map { _ in LoopTimer {} }
            for _ in 0..<200 {
                let timer = timers.randomElement(using: &random) ?? timers[0]
                if Bool.random(using: &random) {
                    let instant = UInt64.random(in: 0..<100, using: &random)
                    heap.arm(timer, at: instant)
                    model[ObjectIdentifier(timer)] = instant
                } else {
                    heap.disarm(timer)
                    model[ObjectIdentifier(timer)] = nil
                }
                #expect(heap.count == model.count)
                #expect(heap.nextInstant == model.values.min())
            }
            var order: [UInt64] = []
            while let timer = heap.takeDue(at: .max) { order.append(timer.instant) }
            #expect(order == model.values.sorted())
        }
    }
}
