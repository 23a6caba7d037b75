@testable import Storage
import Synchronization
import Testing
import TestSupport
import Values

@Suite("Moving a store to another place")
struct StoreCopyTests {
    private let copier = StoreCopy(service: "library", migrations: shelves, at: noon, log: quiet)
    private static let pairs = Engine.all.flatMap { from in Engine.all.map { (from, $0) } }

    private func filled(_ place: TestPlace, shelfCount: Int = 700) async throws -> FeedPosition {
        let store = try place.open()
        defer { store.close() }
        try await store.write { writer in
            for number in 0..<shelfCount { try writer.addShelf("ß\(number)", name: "Größe \(number) 😀") }
            try writer.execute("INSERT INTO books VALUES ('b', 'ß1', 9, \([0, 255] as [UInt8])), ('c', 'ß2', 1, NULL)")
            for number in 1...3 { try writer.appendEvent(event(number)) }
            try writer.recordHistory(entity: "shelf", id: "ß1", version: 1, change: "added", mutation(key: "k"))
            try writer.setFollowerPosition("cellar", to: "f-1", from: nil)
        }
        _ = try await store.mutate(mutation(key: "k")) { _ in [7] }
        return try await store.feedEnd()
    }

    @Test("all rows arrive, on any engine from any, with the feed and its position", arguments: pairs)
    func moves(from: Engine, to: Engine) async throws {
        let (source, target) = (try TestPlace(from), try TestPlace(to))
        let end = try await filled(source)
        let told = Mutex<[StoreCopy.Progress]>([])
        let tables = try await copier.run(from: StoreLocation(source.text), to: StoreLocation(target.text)) { progress in
            told.withLock { $0.append(progress) }
        }
        let counts = Dictionary(uniqueKeysWithValues: tables.map { ($0.name, $0.rows) })
        #expect(counts["shelves"] == 700)
        #expect(counts["books"] == 2)
        #expect(counts["store_events"] == 3)
        #expect(counts["store_feed"] == 1)
        #expect(told.withLock { $0.last?.tables } == tables.count)
        #expect(told.withLock { $0.contains { $0.table == "shelves" && $0.rows == 700 } })

        let copy = try target.open()
        #expect(try await copy.feedEnd() == end)
        #expect(try await copy.events(after: nil, limit: 9).map(\.event) == (1...3).map(event))
        // A repetition is known, and writing goes on where the source ended.
        #expect(try await copy.mutate(mutation(key: "k")) { _ in [8] } == [7])
        try await copy.write { try $0.appendEvent(event(4)) }
        #expect(try await copy.feedEnd().sequence == 4)
        #expect(try await copy.read { try $0.followerPosition("cellar") } == "f-1")
        copy.close()
    }

    @Test("the same rows have the same checksums on both engines", .enabled(if: PostgresPrograms.areWanted))
    func checksums() async throws {
        let (first, second, third) = (try TestPlace(.sqlite), try TestPlace(.postgres), try TestPlace(.sqlite))
        _ = try await filled(first)
        let there = try await copier.run(from: StoreLocation(first.text), to: StoreLocation(second.text))
        let back = try await copier.run(from: StoreLocation(second.text), to: StoreLocation(third.text))
        #expect(there == back)
    }

    @Test("rows that migrations make give way to the source's", arguments: pairs)
    func seeded(from: Engine, to: Engine) async throws {
        let seeded = shelves + [
            Migration(name: "003_first_shelf", sql: ["INSERT INTO shelves (id, name, version) VALUES ('first', 'first', 1)"])
        ]
        let (source, target) = (try TestPlace(from), try TestPlace(to))
        let store = try source.open(seeded)
        try await store.write { try $0.execute("UPDATE shelves SET version = 7") }
        store.close()
        try target.open(seeded).close()
        _ = try await StoreCopy(service: "library", migrations: seeded, at: noon, log: quiet)
            .run(from: StoreLocation(source.text), to: StoreLocation(target.text))
        let copy = try target.open(seeded)
        #expect(try await copy.read { try $0.row("SELECT version FROM shelves")?.int(0) } == 7)
        copy.close()
    }

    @Test("a place that holds rows is refused and stays as it is", arguments: Engine.all)
    func notEmpty(engine: Engine) async throws {
        let (source, target) = (try TestPlace(.sqlite), try TestPlace(engine))
        _ = try await filled(source, shelfCount: 3)
        let store = try target.open()
        try await store.write { try $0.addShelf("mine") }
        store.close()
        let error = await storeError {
            _ = try await copier.run(from: StoreLocation(source.text), to: StoreLocation(target.text))
        }
        #expect(error?.message.contains("holds rows already (table shelves)") == true)
        let again = try target.open()
        #expect(try await again.read { try $0.shelfCount() } == 1)
        again.close()
    }

    @Test("a place without a store is not copied, and is not given one", arguments: Engine.all)
    func nothingThere(engine: Engine) async throws {
        let (source, target) = (try TestPlace(engine), try TestPlace(.sqlite))
        #expect(await code {
            _ = try await copier.run(from: StoreLocation(source.text), to: StoreLocation(target.text))
        } == .unavailable)
    }

    @Test("a copy that was kept before a migration is gone back to by copying it", .enabled(if: PostgresPrograms.areWanted))
    func goesBack() async throws {
        let (place, target) = (try TestPlace(.postgres), try TestPlace(.postgres))
        let end = try await filled(place, shelfCount: 3)
        let newer = shelves + [Migration(name: "003_drop", sql: ["DROP TABLE books"])]
        try place.open(newer, at: noon + .seconds(1)).close()
        let schema = PostgresLocation.copy(of: TestStore.schema(of: place.path), at: noon + .seconds(1))
        let kept = try StoreLocation(SharedPostgres.cluster.url(schema: schema))
        let tables = try await copier.run(from: kept, to: StoreLocation(target.text))
        #expect(tables.contains { $0.name == "books" && $0.rows == 2 })
        let store = try target.open()
        #expect(try await store.feedEnd() == end)
        store.close()
    }

    @Test("tables that refer to each other in a circle are named")
    func circle() async throws {
        let tables = [
            TableOutline(name: "a", columns: [], key: [], parents: ["b"]),
            TableOutline(name: "b", columns: [], key: [], parents: ["a"]),
            TableOutline(name: "c", columns: [], key: [], parents: []),
        ]
        let error = await storeError { _ = try TableOutline.inOrder(tables) }
        #expect(error?.message.contains("a, b") == true)
        #expect(try TableOutline.inOrder([
            TableOutline(name: "child", columns: [], key: [], parents: ["mother"]), tables[2],
            TableOutline(name: "mother", columns: [], key: [], parents: []),
        ]).map(\.name) == ["c", "mother", "child"])
    }
}
