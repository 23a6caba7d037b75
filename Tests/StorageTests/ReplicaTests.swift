import Dispatch
import Foundation
@testable import Storage
import Synchronization
import Testing
import TestSupport

/// Two stores on one schema are two replicas of a service.
@Suite("Several replicas on one PostgreSQL",
       .serialized, .enabled(if: PostgresPrograms.areWanted, "there is no PostgreSQL here"))
struct ReplicaTests {
    private let place: TestPlace
    private let replicas: [Store]

    init() throws {
        // A database of its own, so that its sessions are known.
        place = try TestPlace(.postgres, canBeCopied: true)
        let limits = StoreLimits(lockWait: .seconds(60), stillTime: .seconds(50))
        replicas = [try place.open(limits: limits), try place.open(limits: limits)]
    }

    /// Runs a body at each replica so that they overlap as far as the store lets them: the first stands still where it
    /// calls its argument until the second does too, or waits for the first.
    private func overlap<Value: Sendable>(
        _ body: @escaping @Sendable (_ replica: Int, _ writer: any Writer, _ pause: () -> Void) throws -> Value
    ) async throws -> [Result<Value, any Error>] {
        let pauses = [Pause(), Pause()]
        func start(_ replica: Int) -> Task<Value, any Error> {
            let store = replicas[replica]
            return Task { try await store.write { try body(replica, $0) { pauses[replica].pass() } } }
        }
        let first = start(0)
        #expect(await eventually { pauses[0].isReached })
        let second = start(1)
        #expect(await eventually { if pauses[1].isReached { true } else { try await isWaiting() } })
        for pause in pauses { pause.open() }
        return [await first.result, await second.result]
    }

    /// Whether a session of these replicas waits for a lock of another. A store lets a write stand still for some
    /// seconds only, so this must be quick.
    private func isWaiting() async throws -> Bool {
        try await replicas[0].read { reader in
            try reader.row("""
                SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
                """)!.int(0) > 0
        }
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

    @Test("two that each rest on what the other changes are not both kept", .timeLimit(.minutes(2)))
    func noWriteSkew() async throws {
        try await replicas[0].write { writer in
            for id in ["a", "b"] { try writer.addShelf(id) }
        }
        // One of the two shelves must keep its version 1. Both look before either writes.
        let changed = try await overlap { replica, writer, pause in
            let first = try writer.row("SELECT count(*) FROM shelves WHERE version = 1")!.int(0)
            pause()
            guard first == 2 else { return false }
            try writer.execute("UPDATE shelves SET version = 2 WHERE id = \(["a", "b"][replica])")
            return true
        }.map { try $0.get() }
        #expect(changed.count { $0 } == 1)
        #expect(try await replicas[0].read { try $0.rows("SELECT id FROM shelves WHERE version = 1").count } == 1)
    }

    @Test("one key used at two replicas at once is one effect, and both learn its reply", .timeLimit(.minutes(2)))
    func oneKey() async throws {
        let pause = Pause()
        func ask(_ replica: Int) -> Task<[UInt8], any Error> {
            let store = replicas[replica]
            return Task {
                try await store.mutate(mutation(key: "k")) { writer in
                    try writer.addShelf("a\(replica)")
                    pause.pass()
                    return [UInt8(replica)]
                }
            }
        }
        let first = ask(0)
        #expect(await eventually { pause.isReached })
        let second = ask(1)
        #expect(await eventually { try await isWaiting() })
        pause.open()
        let reply = try await first.value
        #expect(try await second.value == reply)
        let shelf = try await replicas[0].read { try $0.rows("SELECT id FROM shelves").map { try $0.text(0) } }
        #expect(shelf == ["a\(reply[0])"])
    }

    @Test("of two followers that apply one event, one does", .timeLimit(.minutes(2)))
    func oneFollower() async throws {
        let outcomes = try await overlap { replica, writer, pause in
            try writer.addShelf("\(replica)")
            pause()
            try writer.setFollowerPosition("cellar", to: "f-1", from: nil)
        }
        #expect(outcomes.count { (try? $0.get()) != nil } == 1)
        for outcome in outcomes where (try? outcome.get()) == nil {
            #expect(await code { try outcome.get() } == .followerMoved)
        }
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
        let applied = try await store.read { try $0.rows("SELECT name FROM store_migrations").count }
        #expect(applied == StoreTables.migrations.count + shelves.count)
    }

    // MARK: The feed

    @Test("events are told when all before them are, whoever commits late", .timeLimit(.minutes(2)))
    func lateCommit() async throws {
        let pause = Pause()
        let (first, second) = (replicas[0], replicas[1])
        // Takes the lower position, and commits when told to.
        let late = Task {
            try await first.write { writer in
                try writer.appendEvent(event(1))
                _ = try writer.rows("SELECT last_position FROM store_feed")
                pause.pass()
            }
        }
        #expect(await eventually { pause.isReached })
        let early = Task { try await second.write { try $0.appendEvent(event(2)) } }
        #expect(await eventually { try await isWaiting() })
        // Whoever reads waits for nobody, and is told of neither.
        for store in replicas { #expect(try await store.events(after: nil, limit: 9).isEmpty) }
        pause.open()
        try await late.value
        try await early.value
        for store in replicas {
            let told = try await store.events(after: nil, limit: 9)
            #expect(told.map(\.event.id) == ["event-1", "event-2"])
            #expect(told.map(\.position.sequence) == [1, 2])
        }
    }

    @Test("the position of a transaction that is given up goes to the one behind it", .timeLimit(.minutes(2)))
    func givenUp() async throws {
        struct Rejected: Error {}
        let pause = Pause()
        let (first, second) = (replicas[0], replicas[1])
        let late = Task {
            try await first.write { writer in
                try writer.appendEvent(event(1))
                _ = try writer.rows("SELECT last_position FROM store_feed")
                pause.pass()
                throw Rejected()
            }
        }
        #expect(await eventually { pause.isReached })
        let next = Task { try await second.write { try $0.appendEvent(event(2)) } }
        #expect(await eventually { try await isWaiting() })
        pause.open()
        await #expect(throws: Rejected.self) { try await late.value }
        try await next.value
        #expect(try await first.events(after: nil, limit: 9).map(\.position.sequence) == [1])
    }

    @Test("a replica hears of the events that another adds", .timeLimit(.minutes(2)))
    func hears() async throws {
        var told = replicas[0].eventsAdded().makeAsyncIterator()
        // Until it listens, which it does by itself after it was opened, it may miss some.
        let adding = Task {
            for number in 1...100_000 {
                try Task.checkCancellation()
                try await replicas[1].write { try $0.addEvent("e-\(number)") }
            }
        }
        #expect(await told.next() != nil)
        adding.cancel()
        _ = await adding.result
        #expect(try await !replicas[0].events(after: nil, limit: 1).isEmpty)
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
            try writer.addEvent("event-\(id)")
            if id % 3 == 1 { _ = try writer.row(wait) }
        }
    }
}

/// Where a body stands still the first time that it runs, until it is told to go on.
private final class Pause: Sendable {
    private let arrivals = Tally()
    private let semaphore = DispatchSemaphore(value: 0)

    var isReached: Bool { arrivals.value > 0 }

    /// Called on a store's thread.
    func pass() {
        let isFirst = !isReached
        arrivals.raise()
        if isFirst { semaphore.wait() }
    }

    func open() {
        semaphore.signal()
    }
}

extension Writer {
    fileprivate func addEvent(_ id: String) throws(StoreError) {
        try appendEvent(StoredEvent(
            id: id, type: "shelf.added", subject: "s", subjectVersion: 1, at: noon,
            actor: Actor(id: "someone", kind: "token"), payloadType: "olp.Shelf", payload: []))
    }
}
