import Dispatch
import Foundation
@testable import Storage
import Synchronization
import Testing
import TestSupport

/// Two stores on one schema are two replicas of a service.
@Suite("Several replicas on one PostgreSQL",
       .enabled(if: PostgresPrograms.areWanted, "there is no PostgreSQL here"))
struct ReplicaTests {
    private let place: TestPlace
    private let replicas: [Store]

    init() throws {
        place = try TestPlace(.postgres)
        // Bodies wait for each other here, on a machine that may be busy.
        let patient = StoreLimits(lockWait: .seconds(60), stillTime: .seconds(50))
        replicas = [try place.open(limits: patient), try place.open(limits: patient)]
    }

    /// Asks again as long as the store is busy: others were before it more often than it tries.
    private func patiently<Value: Sendable>(_ body: () async throws -> Value) async throws -> Value {
        for _ in 0..<1000 {
            do { return try await body() } catch let error as StoreError where error.code == .busy { continue }
        }
        return try await body()
    }

    @Test("no update is lost, however many read, decide and write at once", .timeLimit(.minutes(2)))
    func noLostUpdate() async throws {
        try await replicas[0].write { try $0.addShelf("a") }
        let count = 200
        try await withThrowingTaskGroup { group in
            for number in 0..<count {
                let store = replicas[number % 2]
                group.addTask {
                    try await patiently {
                        try await store.write { writer in
                            let seen = try writer.row("SELECT version FROM shelves WHERE id = 'a'")!.int(0)
                            try writer.execute("UPDATE shelves SET version = \(seen + 1) WHERE id = 'a'")
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        let version = try await replicas[1].read { try $0.row("SELECT version FROM shelves WHERE id = 'a'")!.int(0) }
        #expect(version == Int64(count) + 1)
    }

    @Test("two that each rest on what the other changes are not both kept", .timeLimit(.minutes(1)))
    func noWriteSkew() async throws {
        try await replicas[0].write { writer in
            for id in ["a", "b"] { try writer.addShelf(id) }
        }
        // One of the two shelves must keep its version 1. Both look before either writes.
        let meeting = Meeting(of: 2)
        let changed = try await withThrowingTaskGroup { group in
            for (store, id) in zip(replicas, ["a", "b"]) {
                group.addTask {
                    try await store.write { writer in
                        let first = try writer.row("SELECT count(*) FROM shelves WHERE version = 1")!.int(0)
                        meeting.arrive()
                        guard first == 2 else { return false }
                        try writer.execute("UPDATE shelves SET version = 2 WHERE id = \(id)")
                        return true
                    }
                }
            }
            return try await group.reduce(into: [Bool]()) { $0.append($1) }
        }
        #expect(changed.sorted { $0 && !$1 } == [true, false])
        #expect(try await replicas[0].read { try $0.rows("SELECT id FROM shelves WHERE version = 1").count } == 1)
    }

    @Test("one key used at two replicas at once is one effect, and both learn its reply", .timeLimit(.minutes(1)))
    func oneKey() async throws {
        let meeting = Meeting(of: 2)
        let replies = try await withThrowingTaskGroup { group in
            for (number, store) in replicas.enumerated() {
                group.addTask {
                    try await store.mutate(mutation(key: "k")) { writer in
                        meeting.arrive()
                        try writer.addShelf("a\(number)")
                        return [UInt8(number)]
                    }
                }
            }
            return try await group.reduce(into: [[UInt8]]()) { $0.append($1) }
        }
        #expect(replies[0] == replies[1])
        let shelf = try await replicas[0].read { try $0.rows("SELECT id FROM shelves").map { try $0.text(0) } }
        #expect(shelf == ["a\(replies[0][0])"])
    }

    @Test("of two followers that apply one event, one does", .timeLimit(.minutes(1)))
    func oneFollower() async throws {
        let meeting = Meeting(of: 2)
        let outcomes = await withTaskGroup { group in
            for (number, store) in replicas.enumerated() {
                group.addTask {
                    await code {
                        try await store.write { writer in
                            _ = try writer.followerPosition("cellar")
                            meeting.arrive()
                            try writer.setFollowerPosition("cellar", to: "f-1", from: nil)
                            try writer.addShelf("\(number)")
                        }
                    }
                }
            }
            return await group.reduce(into: [StoreError.Code?]()) { $0.append($1) }
        }
        #expect(outcomes.contains(nil))
        #expect(outcomes.contains(.followerMoved))
        #expect(try await replicas[0].read { try $0.shelfCount() } == 1)
    }

    @Test("replicas that start at once on an empty place make its tables once", .timeLimit(.minutes(1)))
    func startTogether() async throws {
        let place = try TestPlace(.postgres)
        let outcomes = Mutex<[String]>([])
        DispatchQueue.concurrentPerform(iterations: 6) { _ in
            let outcome: String
            do {
                try place.open().close()
                outcome = "opened"
            } catch {
                outcome = "\(error)"
            }
            outcomes.withLock { $0.append(outcome) }
        }
        #expect(outcomes.withLock { $0 } == Array(repeating: "opened", count: 6))
        let store = try place.open()
        #expect(try await store.read { try $0.rows("SELECT feed_id FROM store_feed").count } == 1)
        #expect(try await store.read { try $0.rows("SELECT name FROM store_migrations").count } == 1 + shelves.count)
    }

    // MARK: The feed

    @Test("an event whose transaction is open holds back those after it, and no reader", .timeLimit(.minutes(1)))
    func lateCommit() async throws {
        let gate = Gate()
        let (first, second) = (replicas[0], replicas[1])
        // Takes the lower position, and commits when told to.
        let late = Task {
            try await first.write { writer in
                try writer.appendEvent(event(1))
                _ = try writer.feedEnd()
                gate.pass()
            }
        }
        #expect(await gate.waitUntilReached())
        let early = Task { try await second.write { _ = try $0.appendEvent(event(2)) } }
        #expect(await eventually { try await isWaiting() })
        for store in replicas { #expect(try await store.events(after: nil, limit: 9).isEmpty) }
        gate.open()
        try await late.value
        try await early.value
        for store in replicas {
            let told = try await store.events(after: nil, limit: 9)
            #expect(told.map(\.event.id) == ["event-1", "event-2"])
            #expect(told.map(\.position.sequence) == [1, 2])
        }
    }

    @Test("the position of a transaction that is given up goes to the one behind it", .timeLimit(.minutes(1)))
    func givenUp() async throws {
        struct Rejected: Error {}
        let gate = Gate()
        let (first, second) = (replicas[0], replicas[1])
        let late = Task {
            try await first.write { writer in
                try writer.appendEvent(event(1))
                _ = try writer.feedEnd()
                gate.pass()
                throw Rejected()
            }
        }
        #expect(await gate.waitUntilReached())
        let next = Task { try await second.write { _ = try $0.appendEvent(event(2)) } }
        #expect(await eventually { try await isWaiting() })
        gate.open()
        await #expect(throws: Rejected.self) { try await late.value }
        try await next.value
        #expect(try await first.events(after: nil, limit: 9).map(\.position.sequence) == [1])
    }

    @Test("a follower skips no event and sees none twice, whatever commits when", .timeLimit(.minutes(2)))
    func follows() async throws {
        var random = Seed.generator(for: "a follower skips no event")
        let writers = 8, each = 25
        let delays = (0..<writers * each).map { _ in Double.random(in: 0...0.003, using: &random) }
        let writing = Task {
            try await withThrowingTaskGroup { group in
                for number in 0..<writers {
                    let store = replicas[number % 2]
                    group.addTask {
                        for turn in 0..<each {
                            let (id, delay) = (number * each + turn, delays[number * each + turn])
                            try await patiently { try await appendSlowly(id, delay, store) }
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
        var seen: [FeedRecord] = []
        try await poll(until: "a follower has seen every event", interval: .milliseconds(1)) {
            // Asks either replica, as a follower with two to choose from.
            for store in replicas { seen += try await store.events(after: seen.last?.position, limit: 7) }
            return seen.count >= writers * each
        }
        try await writing.value
        #expect(seen.map(\.position.sequence) == (1...Int64(writers * each)).map { $0 })
        #expect(Set(seen.map(\.event.id)).count == writers * each)
    }

    /// Waits before it takes its position, after it, or before it commits.
    private func appendSlowly(_ id: Int, _ delay: Double, _ store: Store) async throws {
        try await store.write { writer in
            let wait: SQL = "SELECT count(*) FROM (SELECT pg_sleep(\(delay))) AS waited"
            if id % 3 == 0 { _ = try writer.row(wait) }
            try writer.appendEvent(StoredEvent(
                id: "event-\(id)", type: "shelf.added", subject: "s", subjectVersion: 1, at: noon,
                actor: Actor(id: "someone", kind: "token"), payloadType: "olp.Shelf", payload: []))
            if id % 3 == 1 { _ = try writer.row(wait) }
        }
    }

    /// Whether a session of these replicas waits for the write lock of another.
    private func isWaiting() async throws -> Bool {
        let key = PostgresSetup.writeLock(of: TestStore.schema(of: place.path))
        let count = try await SharedPostgres.cluster.execute("""
            SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
            AND (classid::bigint << 32 | objid::bigint) = \(key)
            """)
        return count != "0"
    }
}

/// Where a number of bodies wait for each other the first time that they run; who comes later passes.
private final class Meeting: Sendable {
    private let size: Int
    private let arrived = Mutex(0)
    private let semaphore = DispatchSemaphore(value: 0)

    init(of size: Int) { self.size = size }

    /// Called on a store's thread. Gives up after a while, so that a store that runs them one after the other goes on.
    func arrive() {
        let number = arrived.withLock { arrived in
            arrived += 1
            return arrived
        }
        if number == size { for _ in 1..<size { semaphore.signal() } }
        if number < size { _ = semaphore.wait(timeout: .now() + .seconds(20)) }
    }
}
