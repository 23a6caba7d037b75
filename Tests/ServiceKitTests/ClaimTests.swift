import Contracts
import RPCInProcess
import ServiceLifecycle
import Storage
import Synchronization
import TestSupport
import Testing
import Values

@testable import ServiceKit

@Suite("Claims of replicas")
struct ClaimTests {
    private static let now = Instant(microseconds: 1_700_000_000_000_000)

    private func store(_ folder: TemporaryDirectory) throws -> Store {
        try Store(
            opening: TestStore.location(path: folder.file("shared.sqlite")), service: "library",
            migrations: [
                Migration(name: "001_done", sql: ["CREATE TABLE done (n BIGINT PRIMARY KEY, fence BIGINT NOT NULL)"])
            ],
            at: Self.now, log: LogCapture().logger())
    }

    private func keeper(
        _ store: Store, _ process: String, clock: any Clock<Duration> = ManualClock(), log: LogCapture = LogCapture()
    ) -> ClaimKeeper {
        ClaimKeeper(store, process: process, isShared: true, clock: clock, logger: log.logger())
    }

    @Test("one process holds a right, until it gives it back")
    func passesOn() async throws {
        try await withTemporaryDirectory { folder in
            let store = try store(folder)
            let (first, second) = (keeper(store, "a"), keeper(store, "b"))
            for keeper in [first, second] { _ = keeper.right(to: "sweep") }
            try await first.look()
            try await second.look()
            #expect(first.claim("sweep")?.holder == "a" && second.claim("sweep") == nil)
            try await store.leaveClaims("a")
            try await second.look()
            #expect(second.claim("sweep") == Claim(name: "sweep", holder: "b", fence: 2))
            try await first.look()
            #expect(first.claim("sweep") == nil)
        }
    }

    @Test("what a dead process held is taken after so many looks without a beat, and not before")
    func takesOver() async throws {
        try await withTemporaryDirectory { folder in
            let store = try store(folder)
            let (dead, living) = (keeper(store, "a"), keeper(store, "b"))
            for keeper in [dead, living] { _ = keeper.right(to: "sweep") }
            try await dead.look()
            for _ in 0..<ClaimKeeper.silentLooks {
                try await living.look()
                #expect(living.claim("sweep") == nil)
            }
            try await living.look()
            #expect(living.claim("sweep") == Claim(name: "sweep", holder: "b", fence: 2))
            #expect(try await store.claimBoard().beats.keys.sorted() == ["b"])
        }
    }

    @Test("a process that stood still and goes on writes nothing by its old right, and learns that it is lost")
    func fenced() async throws {
        try await withTemporaryDirectory { folder in
            let store = try store(folder)
            let (still, living) = (keeper(store, "a"), keeper(store, "b"))
            for keeper in [still, living] { _ = keeper.right(to: "sweep") }
            try await still.look()
            let old = try #require(still.claim("sweep"))
            for _ in 0...ClaimKeeper.silentLooks { try await living.look() }
            let refusal = await #expect(throws: StoreError.self) {
                try await store.write { writer in
                    try writer.require(old)
                    try writer.execute("INSERT INTO done VALUES (1, \(old.fence))")
                }
            }
            #expect(refusal?.code == .claimLost)
            try await still.look()
            #expect(still.claim("sweep") == nil)
            #expect(try await store.read { try $0.rows("SELECT n FROM done") }.isEmpty)
        }
    }

    @Test("work is done while the right is held, cancelled when it is lost, and begun again when it is back")
    func whileHeld() async throws {
        try await withTemporaryDirectory { folder in
            let store = try store(folder)
            let keeper = keeper(store, "a")
            let right = keeper.right(to: "sweep")
            let begun = Mutex<[Int64]>([])
            let cancelled = Mutex(0)
            let task = Task {
                try await right.whileHeld { claim in
                    begun.withLock { $0.append(claim.fence) }
                    // Yields nothing, and ends when the task is cancelled.
                    let (endless, continuation) = AsyncStream.makeStream(of: Void.self)
                    for await _ in endless {}
                    withExtendedLifetime(continuation) { cancelled.withLock { $0 += 1 } }
                    try Task.checkCancellation()
                }
            }
            try await keeper.look()
            try await poll(until: "the work has begun") { begun.withLock { $0 } == [1] }
            try await store.write { writer in
                try writer.execute("UPDATE store_claims SET holder = 'b', fence = 2")
                try writer.execute("INSERT INTO store_members (process, beat) VALUES ('b', 1)")
            }
            try await keeper.look()
            try await poll(until: "the work is cancelled") { cancelled.withLock { $0 } == 1 }
            try await store.leaveClaims("b")
            try await keeper.look()
            try await poll(until: "the work has begun again") { begun.withLock { $0 } == [1, 3] }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(cancelled.withLock { $0 } == 2)
        }
    }

    @Test("where no other process can have the store, everything is this one's at once, and nothing is written for it")
    func sole() async throws {
        try await withTemporaryDirectory { folder in
            let store = try store(folder)
            let keeper = ClaimKeeper(
                store, process: "a", isShared: false, clock: ManualClock(), logger: LogCapture().logger())
            #expect(store.isShared == (Engine.chosen == .postgres))
            let done = Mutex(false)
            try await keeper.right(to: "sweep").whileHeld { claim in
                try await store.write { writer in try writer.require(claim) }
                done.withLock { $0 = true }
            }
            #expect(done.withLock { $0 })
            let board = try await store.claimBoard()
            #expect(board.beats.isEmpty && board.claims.isEmpty)
        }
    }

    @Test("a process that stops gives back what it holds, after the work has ended")
    func stops() async throws {
        try await withTemporaryDirectory { folder in
            let store = try store(folder)
            let keeper = keeper(store, "a")
            let right = keeper.right(to: "sweep")
            let holderAtEnd = Mutex<String?>(nil)
            let work = Worker {
                try? await gracefulShutdown()
                // The task is cancelled by now.
                let board = try await Task { try await store.claimBoard() }.value
                holderAtEnd.withLock { $0 = board.claims["sweep"]?.holder }
            }
            let group = ServiceGroup(services: [keeper, Exclusively(right, work)], logger: LogCapture().logger())
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await group.run() }
                try await poll(until: "the right is held") { keeper.claim("sweep") != nil }
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
            }
            let board = try await store.claimBoard()
            #expect(holderAtEnd.withLock { $0 } == "a")
            #expect(board.claims["sweep"]?.holder == "" && board.beats.isEmpty)
        }
    }

    @Test("whatever stands still and comes back, nothing is written by an older right after a newer")
    func anyInterleaving() async throws {
        var random = Seed.generator(for: "claims")
        try await withTemporaryDirectory { folder in
            let store = try store(folder)
            var keepers = (0..<3).map { keeper(store, "p\($0)") }
            for keeper in keepers { _ = keeper.right(to: "sweep") }
            var old: [Claim] = []
            var written: [Int64] = []
            for step in 0..<600 {
                let index = Int.random(in: 0..<keepers.count, using: &random)
                switch Int.random(in: 0..<20, using: &random) {
                case 0: // Dies, and starts again under another name.
                    keepers[index] = keeper(store, "p\(index)-\(step)")
                    _ = keepers[index].right(to: "sweep")
                case 1..<8:
                    guard let claim = keepers[index].claim("sweep") ?? old.randomElement(using: &random) else { continue }
                    old.append(claim)
                    let kept = try? await store.write { writer in
                        try writer.require(claim)
                        try writer.execute("INSERT INTO done VALUES (\(step), \(claim.fence))")
                        return claim.fence
                    }
                    if let kept { written.append(kept) }
                default: // Others may look many times before this one does.
                    for _ in 0..<Int.random(in: 1...6, using: &random) { try await keepers[index].look() }
                }
            }
            #expect(written == written.sorted())
            #expect(Set(written).count > 3, "the right hardly ever passed on: \(written)")
        }
    }
}


private struct Worker: ServiceLifecycle.Service {
    let body: @Sendable () async throws -> Void

    func run() async throws { try await body() }
}
