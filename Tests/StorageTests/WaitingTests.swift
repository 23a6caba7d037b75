@testable import Storage
import Testing
import TestSupport

@Suite("Waiting for the store's threads")
struct WaitingTests {
    @Test("a write beyond what may wait is refused as busy, and the others are done", arguments: Engine.all)
    func fullQueue(on engine: Engine) async throws {
        let store = try temporaryStore(engine, limits: StoreLimits(waitingWrites: 2))
        let gate = Gate()
        let running = Task { try await store.write { _ in gate.pass() } }
        #expect(await gate.waitUntilReached())
        let waiting = ["a", "b"].map { id in Task { try await store.write { try $0.addShelf(id) } } }
        #expect(await eventually { store.driver.load.waitingWrites == 2 })
        #expect(await code { try await store.write { try $0.addShelf("c") } } == .busy)
        gate.open()
        for task in waiting + [running] { try await task.value }
        #expect(try await store.read { try $0.shelfCount() } == 2)
    }

    @Test("reads beyond what may wait are refused as busy", arguments: Engine.all)
    func fullReadQueue(on engine: Engine) async throws {
        let store = try temporaryStore(engine, limits: StoreLimits(readers: 1, waitingReads: 1, connections: 1))
        let gate = Gate()
        let running = Task { try await store.read { _ in gate.pass() } }
        #expect(await gate.waitUntilReached())
        let waiting = Task { try await store.read { try $0.shelfCount() } }
        #expect(await eventually { store.driver.load.waitingReads == 1 })
        #expect(await code { _ = try await store.read { try $0.shelfCount() } } == .busy)
        gate.open()
        #expect(try await waiting.value == 0)
        try await running.value
    }

    @Test("queued work of a cancelled task is answered at once, is not done, and holds no place",
          arguments: Engine.all)
    func cancelledWhileWaiting(on engine: Engine) async throws {
        let store = try temporaryStore(engine, limits: StoreLimits(waitingWrites: 1))
        let gate = Gate()
        let running = Task { try await store.write { _ in gate.pass() } }
        #expect(await gate.waitUntilReached())
        let cancelled = Task { try await store.write { try $0.addShelf("a") } }
        #expect(await eventually { store.driver.load.waitingWrites == 1 })
        cancelled.cancel()
        await #expect(throws: CancellationError.self) { try await cancelled.value }
        let next = Task { try await store.write { try $0.addShelf("b") } }
        #expect(await eventually { store.driver.load.waitingWrites == 1 })
        gate.open()
        try await next.value
        try await running.value
        #expect(try await store.read { try $0.row("SELECT id FROM shelves")!.text(0) } == "b")
    }

    @Test("a task that is cancelled already does no work", arguments: Engine.all)
    func cancelledBefore(on engine: Engine) async throws {
        let store = try temporaryStore(engine)
        let gate = Gate()
        let task = Task {
            _ = await gate.waitUntilReached()
            try await store.write { try $0.addShelf("a") }
        }
        task.cancel()
        let opener = Task { try await store.read { _ in gate.pass() } }
        await #expect(throws: CancellationError.self) { try await task.value }
        gate.open()
        try await opener.value
        #expect(try await store.read { try $0.shelfCount() } == 0)
    }

    @Test("a write that has begun is finished and told, also to a cancelled task", arguments: Engine.all)
    func cancelledWhileWriting(on engine: Engine) async throws {
        let store = try temporaryStore(engine)
        let gate = Gate()
        let task = Task {
            try await store.write { writer in
                gate.pass()
                try writer.addShelf("a")
            }
        }
        #expect(await gate.waitUntilReached())
        task.cancel()
        gate.open()
        try await task.value
        #expect(try await store.read { try $0.shelfCount() } == 1)
    }

    @Test("a long read stops when its task is cancelled, and its thread serves again", arguments: Engine.all)
    func cancelledWhileReading(on engine: Engine) async throws {
        let store = try temporaryStore(engine, limits: StoreLimits(readers: 1, connections: 1))
        let rowsSeen = Tally()
        let endless: SQL = """
            SELECT i FROM (WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n) AS numbers
            """
        let task = Task {
            try await store.read { reader in
                try reader.forEach(endless) { _ in rowsSeen.raise() }
            }
        }
        #expect(await eventually { rowsSeen.value > 100 })
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(try await store.read { try $0.shelfCount() } == 0)
    }

    @Test("closing lets waiting work finish", arguments: Engine.all)
    func closingDrains(on engine: Engine) async throws {
        let place = try TestPlace(engine)
        let store = try place.open()
        let gate = Gate()
        let running = Task { try await store.write { _ in gate.pass() } }
        #expect(await gate.waitUntilReached())
        let waiting = (0..<20).map { number in Task { try await store.write { try $0.addShelf("\(number)") } } }
        #expect(await eventually { store.driver.load.waitingWrites == 20 })
        gate.open()
        store.close()
        for task in waiting + [running] { try await task.value }
        let again = try place.open()
        #expect(try await again.read { try $0.shelfCount() } == 20)
    }

    @Test("a store may be let go by its own thread")
    func releasedByItsOwnThread() async throws {
        let folder = try TestFolder()
        let gate = Gate()
        func readAndGo() async throws {
            let store = try folder.open()
            let task = Task {
                try await store.read { reader in
                    gate.pass()
                    // The body owns the store; its thread is the last to know of it.
                    _ = store.service
                    return try reader.shelfCount()
                }
            }
            #expect(await gate.waitUntilReached())
            task.cancel()
            _ = try? await task.value
        }
        try await readAndGo()
        gate.open()
        let again = await eventually {
            do {
                try folder.open().close()
                return true
            } catch let error as StoreError where error.isLease {
                return false
            }
        }
        #expect(again)
    }

    @Test("health says what waits, and that the store reads", arguments: Engine.all)
    func health(on engine: Engine) async throws {
        let store = try temporaryStore(engine)
        #expect(try await store.health() == StoreLoad(waitingReads: 0, waitingWrites: 0))
        store.close()
        #expect(await code { _ = try await store.health() } == .unavailable)
    }
}

extension StoreError {
    fileprivate var isLease: Bool {
        if case .lockedByOther = code { true } else { false }
    }
}
