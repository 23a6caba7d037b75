import Foundation
@testable import Storage
import Synchronization
import Testing
import TestSupport
import Values

/// Two servers, of which the second has what the first has acknowledged.
@Suite("When the primary dies and the standby takes over",
       .enabled(if: PostgresPrograms.areWanted, "there is no PostgreSQL here"))
struct FailoverTests {
    @Test("what was acknowledged is there once, nothing is done twice, and the store goes on by itself",
          .timeLimit(.minutes(4)))
    func takesOver() async throws {
        let primary = try await PostgresCluster.start(.init(isDurable: true))
        let standby = try await primary.makeStandby(synchronous: true)
        let place = PostgresCluster.url(of: [primary, standby], schema: "library")
        // Two replicas of the service, that write the same shelves' books.
        let stores = try (0..<2).map { _ in
            try Store(opening: StoreLocation(place), service: "library", migrations: CrashTests.entries, at: noon,
                      log: quiet)
        }
        let writers = PatientWriters(stores: stores)
        let writing = Task { try await writers.write() }
        #expect(await eventually { writers.acknowledged.count >= 200 })

        let before = writers.acknowledged.count
        let clock = ContinuousClock()
        let killed = clock.now
        try await primary.kill()
        let gone = clock.now
        try await standby.promote()
        let promoted = clock.now
        // The first write that began after the kill and was acknowledged, and then some more of each writer.
        #expect(await eventually { writers.acknowledgedSince(gone) != nil })
        let recovered = try #require(writers.acknowledgedSince(gone))
        let count = writers.acknowledged.count
        #expect(await eventually { writers.acknowledged.count >= count + 200 })
        writers.stop()
        try await writing.value

        let (names, events) = try await stores[0].read { reader in
            (try reader.rows("SELECT name FROM entries").map { try $0.text(0) },
             try reader.events(after: nil, limit: 1_000_000))
        }
        #expect(Set(names).count == names.count, "an entry was made twice")
        let acknowledged = writers.acknowledged
        #expect(Set(names) == Set(acknowledged), "each was repeated until it was acknowledged, so all must be there")
        #expect(events.map(\.event.subject).sorted() == names.sorted())
        #expect(events.map(\.position.sequence) == (1...).prefix(events.count).map { Int64($0) })
        print("""
            take-over: \(before) writes acknowledged before, \(acknowledged.count) in all, \
            \(writers.repetitions) asked again; \
            from the kill \(gone - killed) to the last process gone, \(promoted - killed) to the promotion, \
            \(recovered - killed) to the first write after it
            """)
    }

    @Test("a commit that no standby has confirmed is not acknowledged", .timeLimit(.minutes(2)))
    func standbyAway() async throws {
        let primary = try await PostgresCluster.start()
        let standby = try await primary.makeStandby(synchronous: true)
        let store = try Store(opening: StoreLocation(primary.url()), service: "library", migrations: CrashTests.entries,
                              at: noon, limits: StoreLimits(statementTime: .seconds(2)), log: quiet)
        try await store.write { try $0.addEntry("a") }
        try await standby.stop(.immediate)
        let refused = await storeError { try await store.write { try $0.addEntry("b") } }
        #expect(refused?.code == .unreachable || refused?.code == .busy)
        try await standby.start()
        // As the caller would, after asking whether the first was kept.
        try await poll(until: "writes are acknowledged again") {
            await code { try await store.write { try $0.addEntry("c") } } == nil
        }
    }
}

/// Tasks that each make one entry after the other by keyed requests, and repeat a request until it is answered, as a
/// client does.
private final class PatientWriters: Sendable {
    private static let tasks = 6

    private struct State {
        var acknowledged: [String] = []
        /// When those that were acknowledged had been asked for and answered.
        var times: [(asked: ContinuousClock.Instant, answered: ContinuousClock.Instant)] = []
        var repetitions = 0
        var isStopped = false
    }

    private let stores: [Store]
    private let state = Mutex(State())

    init(stores: [Store]) { self.stores = stores }

    var acknowledged: [String] { state.withLock { $0.acknowledged } }
    var repetitions: Int { state.withLock { $0.repetitions } }
    func stop() { state.withLock { $0.isStopped = true } }

    /// When the first request was answered that had been asked for, the first time or again, after a moment.
    func acknowledgedSince(_ moment: ContinuousClock.Instant) -> ContinuousClock.Instant? {
        state.withLock { $0.times.filter { $0.asked > moment }.map(\.answered).min() }
    }

    func write() async throws {
        try await withThrowingTaskGroup { group in
            for task in 0..<Self.tasks {
                group.addTask { [self] in
                    var turn = 0
                    while !state.withLock({ $0.isStopped }) {
                        turn += 1
                        try await make("\(task)-\(turn)", startingAt: task)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    /// Asks one store, and the other when the first cannot say.
    private func make(_ name: String, startingAt first: Int) async throws {
        let clock = ContinuousClock()
        for attempt in 0..<100_000 {
            let asked = clock.now
            do {
                let store = stores[(first + attempt) % stores.count]
                _ = try await store.mutate(mutation(key: name, request: name)) { writer in
                    try writer.addEntry(name)
                    return Array(name.utf8)
                }
                state.withLock { state in
                    state.acknowledged.append(name)
                    state.times.append((asked, clock.now))
                }
                return
            } catch let error as StoreError where [.unreachable, .busy].contains(error.code) {
                state.withLock { $0.repetitions += 1 }
                await Task.yield()
            }
        }
        throw StoreError(.unavailable, "\(name) was never acknowledged")
    }
}
