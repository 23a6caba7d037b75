import Foundation
@testable import Storage
import Testing
import TestSupport

@Suite("Writes that share a commit that fails")
struct GroupFailureTests {
    private static let deferred = [
        Migration(name: "001_create_shelves", sql: [
            "CREATE TABLE shelves (id TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL UNIQUE, version BIGINT NOT NULL)",
            """
            CREATE TABLE notes (
                id TEXT NOT NULL PRIMARY KEY,
                shelf_id TEXT NOT NULL REFERENCES shelves (id) DEFERRABLE INITIALLY DEFERRED
            )
            """,
        ]),
    ]

    @Test("an error that ends the whole transaction is one write's alone: the others are done again by themselves")
    func lostTransaction() async throws {
        let store = try temporaryStore(limits: .patient)
        try await store.write { _ = try $0.rows("PRAGMA max_page_count = 60") }
        let waiting = try await WaitingWrites(store)
        let runs = Tally()
        let before = await waiting.add { writer in
            runs.raise()
            try writer.addShelf("a")
            try writer.appendEvent(event(1))
            return try writer.feedEnd().sequence
        }
        let refused = await waiting.add { try $0.addShelf("a", name: "another") }
        let huge = await waiting.add { writer in
            try writer.addShelf("b")
            _ = try? writer.execute("INSERT INTO books VALUES ('x', 'b', 1, \([UInt8](repeating: 7, count: 1 << 20)))")
        }
        let after = await waiting.add { writer in
            try writer.addShelf("c")
            try writer.appendEvent(event(2))
            return try writer.feedEnd().sequence
        }
        try await waiting.release()
        #expect(try await before.value == 1)
        #expect(await storeError { try await refused.value }?.breaks(.unique, "shelves.id") == true)
        #expect(await code { try await huge.value } == .unavailable)
        #expect(try await after.value == 2)
        #expect(runs.value == 2)
        #expect(try await store.read { try $0.shelfIDs() } == ["a", "c"])
        #expect(try await store.events(after: nil, limit: 9).count == 2)
    }

    @Test("a rule that is looked at by the commit only is broken by one write, not by all")
    func brokenAtCommit() async throws {
        let store = try temporaryStore(.sqlite, Self.deferred, limits: .patient)
        let waiting = try await WaitingWrites(store)
        let good = await waiting.add { try $0.addShelf("a") }
        let bad = await waiting.add { writer in
            try writer.addShelf("b")
            try writer.execute("INSERT INTO notes VALUES ('n', 'nowhere')")
        }
        let last = await waiting.add { try $0.addShelf("c") }
        try await waiting.release()
        try await good.value
        #expect(await storeError { _ = try await bad.value }?.breaks(.foreignKey, "") == true)
        try await last.value
        #expect(try await store.read { try $0.shelfIDs() } == ["a", "c"])
    }

    @Test("a commit that finds no room fails every write that shares it, and keeps nothing of any",
          .enabled("a small tmpfs can only be mounted by root, where mounting is allowed", SmallDisk.isPossible))
    func fullDisk() async throws {
        try await SmallDisk.with(kilobytes: 2048) { disk in try await commitWithoutRoom(disk) }
    }

    private func commitWithoutRoom(_ disk: SmallDisk) async throws {
        let store = try Store(opening: .sqlite(path: disk.path + "/shelves.db"), service: "library",
                              migrations: shelves, at: noon, limits: .patient, log: quiet)
        defer { store.close() }
        let waiting = try await WaitingWrites(store)
        let ballast = disk.path + "/ballast"
        // The log has some 100 kB left to grow by.
        try fill(disk, ballast, leaving: 100 * 1024)
        var tasks: [Task<Void, any Error>] = []
        for number in 0..<8 {
            tasks.append(await waiting.add { writer in
                try writer.addShelf("s\(number)")
                try writer.execute("""
                    INSERT INTO books VALUES (\("b\(number)"), \("s\(number)"), 1, \([UInt8](repeating: 7, count: 40_000)))
                    """)
            })
        }
        let refused = await waiting.add { try $0.addShelf("s0") }
        #expect(await code { try await waiting.release() } == .unavailable)
        for task in tasks { #expect(await code { try await task.value } == .unavailable) }
        // The row that it ran into was not kept.
        #expect(await code { try await refused.value } == .unavailable)
        #expect(waiting.counts == WriteCounts(writes: 0, commits: 0))
        #expect(try await store.read { try $0.shelfCount() } == 0)
        try FileManager.default.removeItem(atPath: ballast)
        _ = try await store.health()
        try await store.write { try $0.addShelf("a") }
        #expect(try await store.read { try $0.shelfIDs() } == ["a"])
    }

    private func fill(_ disk: SmallDisk, _ path: String, leaving rest: Int) throws {
        let attributes = try FileManager.default.attributesOfFileSystem(forPath: disk.path)
        let free = (attributes[.systemFreeSize] as? NSNumber)?.intValue ?? 0
        try Data(count: max(0, free - rest)).write(to: URL(fileURLWithPath: path))
    }
}
