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

    @Test("wakes for a timer that is armed while it waits for a later one, and then for that")
    func earlierTimer() async throws {
        let thread = IOThread(name: "test")
        let fired = Mutex<[String]>([])
        thread.submit { [unowned thread] in
            thread.arm(LoopTimer { fired.withLock { $0.append("later") } }, at: IOThread.clock() + 60_000_000)
        }
        thread.submit { [unowned thread] in
            thread.arm(LoopTimer { fired.withLock { $0.append("earlier") } }, at: IOThread.clock() + 5_000_000)
        }
        try await poll(until: "the earlier one fired") { !fired.withLock { $0.isEmpty } }
        #expect(fired.withLock { $0 } == ["earlier"])
        try await poll(until: "both fired") { fired.withLock { $0.count } == 2 }
        // The system's timer stands at nothing now.
        thread.submit { [unowned thread] in
            thread.arm(LoopTimer { fired.withLock { $0.append("last") } }, at: IOThread.clock() + 1_000_000)
        }
        try await poll(until: "the last fired") { fired.withLock { $0.count } == 3 }
        thread.stop()
    }

    @Test("runs the tasks that prefer it")
    func executor() async {
        let thread = IOThread(name: "test")
        let wasThere = await Task(executorPreference: thread) { thread.isCurrent }.value
        #expect(wasThere)
        thread.stop()
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
