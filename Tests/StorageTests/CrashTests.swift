import Foundation
import Glibc
@testable import Storage
import Synchronization
import Testing
import TestSupport

/// What a store has acknowledged is there, whoever is killed in the middle of his work.
@Suite("Killed in the middle", .serialized)
struct CrashTests {
    /// The tables of these tests: nothing in them keeps a row from being written twice.
    static let entries = [
        Migration(name: "001_entries", sql: ["CREATE TABLE entries (name TEXT NOT NULL)"]),
    ]

    @Test("a process that writes is killed: what it was told to be kept is there, whole and once",
          .timeLimit(.minutes(3)), arguments: Engine.all)
    func writerIsKilled(on engine: Engine) async throws {
        let place = try TestPlace(engine)
        var random = Seed.generator(for: "a process that writes is killed")
        for round in 1...3 {
            let order = KilledWriter.Order(place: place.text, acknowledged: place.path + ".acknowledged", round: round,
                                           killedAfter: Int.random(in: 5...150, using: &random))
            switch engine {
            case .sqlite:
                try order.give(for: "sqlite")
                await #expect(processExitsWith: .signal(SIGKILL)) { try await KilledWriter.work(on: "sqlite") }
            case .postgres:
                try order.give(for: "postgres")
                await #expect(processExitsWith: .signal(SIGKILL)) { try await KilledWriter.work(on: "postgres") }
            }
            let store = try place.open(Self.entries)
            try await expectWhole(store, order.readAcknowledged(), unknown: round * KilledWriter.writers)
            // Its own are kept too.
            try await store.write { try $0.addEntry("after \(round)") }
            store.close()
        }
    }

    @Test("the database is killed, all of it: what was told to be kept is there, whole and once, and the store goes on",
          .enabled(if: PostgresPrograms.areWanted, "there is no PostgreSQL here"), .timeLimit(.minutes(3)))
    func clusterIsKilled() async throws {
        let cluster = try await PostgresCluster.start(.init(isDurable: true))
        let store = try Store(opening: StoreLocation(cluster.url()), service: "library", migrations: Self.entries,
                              at: noon, log: quiet)
        var random = Seed.generator(for: "the database is killed")
        let writers = Writers()
        let writing = Task {
            try await withThrowingTaskGroup { group in
                for writer in 0..<KilledWriter.writers {
                    group.addTask { try await writers.write("\(writer)", to: store) }
                }
                try await group.waitForAll()
            }
        }
        let rounds = 3
        for _ in 1...rounds {
            let more = Int.random(in: 20...200, using: &random)
            let before = writers.acknowledged.count
            #expect(await eventually { writers.acknowledged.count >= before + more })
            try await cluster.kill()
            try await cluster.start()
        }
        // The same store, after its server came back.
        let before = writers.acknowledged.count
        #expect(await eventually { writers.acknowledged.count > before + 10 })
        writers.stop()
        try await writing.value
        try await expectWhole(store, writers.acknowledged, unknown: .max)
        print("the database was killed \(rounds) times among \(writers.acknowledged.count) writes")
    }

    /// Tasks that write until they are stopped, and what they were told is kept.
    private final class Writers: Sendable {
        private let names = Mutex<[String]>([])
        private let isStopped = Atomic(false)

        var acknowledged: [String] { names.withLock { $0 } }
        func stop() { isStopped.store(true, ordering: .relaxed) }

        func write(_ writer: String, to store: Store) async throws {
            var turn = 0
            while !isStopped.load(ordering: .relaxed) {
                turn += 1
                let name = "\(writer)-\(turn)"
                do {
                    try await store.write { try $0.addEntry(name) }
                    names.withLock { $0.append(name) }
                } catch let error as StoreError where [.unreachable, .busy].contains(error.code) {
                    // Not repeated: whether it was kept is not known.
                    await Task.yield()
                }
            }
        }
    }

    /// - Parameter unknown: how many rows may be there of which nobody was told, at most.
    private func expectWhole(_ store: Store, _ acknowledged: [String], unknown: Int) async throws {
        let (names, events) = try await store.read { reader in
            (try reader.rows("SELECT name FROM entries").map { try $0.text(0) },
             try reader.events(after: nil, limit: 1_000_000))
        }
        let kept = Set(names)
        #expect(kept.count == names.count, "an entry is there twice")
        let lost = Set(acknowledged).subtracting(kept)
        #expect(lost.isEmpty, "\(lost.count) acknowledged entries are lost, such as \(lost.first ?? "")")
        #expect(kept.count - Set(acknowledged).count <= unknown)
        #expect(Set(events.map(\.event.subject)) == kept, "an entry and its event were not kept together")
        #expect(events.map(\.position.sequence) == (1...).prefix(events.count).map { Int64($0) })
    }
}

/// Writes in a process of its own until it kills itself, from several tasks at once.
enum KilledWriter {
    static let writers = 6

    /// What the process is to do. It is handed over in a file, as an exit test takes no values.
    struct Order {
        /// Where the store is, see `StoreLocation`.
        var place: String
        /// The file that gets the name of each entry once the store has said that it is kept.
        var acknowledged: String
        var round: Int
        var killedAfter: Int

        func give(for engine: String) throws {
            let text = "\(place)\n\(acknowledged)\n\(round)\n\(killedAfter)\n"
            try text.write(toFile: Self.file(of: getpid(), engine), atomically: true, encoding: .utf8)
        }

        static func take(for engine: String) throws -> Order {
            let file = file(of: getppid(), engine)
            let lines = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n").map(String.init)
            _ = unsafe unlink(file)
            return Order(place: lines[0], acknowledged: lines[1], round: Int(lines[2]) ?? 0,
                         killedAfter: Int(lines[3]) ?? 0)
        }

        func readAcknowledged() throws -> [String] {
            try String(contentsOfFile: acknowledged, encoding: .utf8).split(separator: "\n").map(String.init)
        }

        private static func file(of process: Int32, _ engine: String) -> String {
            NSTemporaryDirectory() + "/olp-killed-writer-\(engine)-\(process)"
        }
    }

    static func work(on engine: String) async throws {
        let order = try Order.take(for: engine)
        let store = try Store(opening: StoreLocation(order.place), service: "library", migrations: CrashTests.entries,
                              at: noon, log: quiet)
        let file = unsafe open(order.acknowledged, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        let count = Tally()
        await withTaskGroup { group in
            for writer in 0..<writers {
                group.addTask {
                    for turn in 0... {
                        let name = "\(order.round)-\(writer)-\(turn)"
                        do { try await store.write { try $0.addEntry(name) } } catch { continue }
                        let line = Array("\(name)\n".utf8)
                        _ = unsafe line.withUnsafeBytes { unsafe write(file, $0.baseAddress, $0.count) }
                        count.raise()
                        if count.value >= order.killedAfter { kill(getpid(), SIGKILL) }
                    }
                }
            }
        }
    }
}

extension Writer {
    func addEntry(_ name: String) throws(StoreError) {
        try execute("INSERT INTO entries (name) VALUES (\(name))")
        try appendEvent(StoredEvent(
            id: name, type: "entry.added", subject: name, subjectVersion: 1, at: noon,
            actor: Actor(id: "someone", kind: "token"), payloadType: "olp.Entry", payload: []))
    }
}
