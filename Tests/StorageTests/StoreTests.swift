import Foundation
@testable import Storage
import Testing
import TestSupport

@Suite("One store")
struct StoreTests {
    private struct Rejected: Error {}

    @Test("what was written is read, also after the store was closed and opened again", arguments: Engine.all)
    func survivesClosing(on engine: Engine) async throws {
        let place = try TestPlace(engine)
        let store = try place.open()
        try await store.write { try $0.addShelf("a") }
        #expect(try await store.read { try $0.shelfCount() } == 1)
        store.close()
        let again = try place.open()
        #expect(try await again.read { try $0.shelfCount() } == 1)
    }

    @Test("what was acknowledged is in the files already when the process dies")
    func survivesDeath() async throws {
        let folder = try TestFolder()
        let store = try folder.open()
        try await store.write { try $0.addShelf("a") }
        // A copy of the files, as a killed process would leave them: the log is not yet in the main file.
        let grave = try TestFolder()
        for name in try folder.names() where !name.hasSuffix(".lock") {
            try FileManager.default.copyItem(atPath: folder.path + "/" + name, toPath: grave.path + "/" + name)
        }
        #expect(try grave.names().contains("shelves.db-wal"))
        let heir = try grave.open()
        #expect(try await heir.read { try $0.shelfCount() } == 1)
        store.close()
    }

    @Test("the writer waits for the disk at each commit, and references are kept")
    func settings() async throws {
        let store = try temporaryStore()
        let (synchronous, journal, keys) = try await store.write { writer in
            (try writer.row("PRAGMA synchronous")!.int(0), try writer.row("PRAGMA journal_mode")!.text(0),
             try writer.row("PRAGMA foreign_keys")!.int(0))
        }
        #expect(synchronous == 2)
        #expect(journal == "wal")
        #expect(keys == 1)
    }

    @Test("the files are readable by their owner only")
    func rights() async throws {
        let folder = try TestFolder()
        let store = try folder.open()
        try await store.write { try $0.addShelf("a") }
        for name in try folder.names() {
            let attributes = try FileManager.default.attributesOfItem(atPath: folder.path + "/" + name)
            #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600, "\(name)")
        }
        store.close()
    }

    @Test("nothing is kept of a body that throws", arguments: Engine.all)
    func rollsBack(on engine: Engine) async throws {
        let store = try temporaryStore(engine)
        await #expect(throws: Rejected.self) {
            try await store.write { writer in
                try writer.addShelf("a")
                throw Rejected()
            }
        }
        #expect(try await store.read { try $0.shelfCount() } == 0)
    }

    @Test("an error that a body swallows still ends its transaction", arguments: Engine.all)
    func swallowedError(on engine: Engine) async throws {
        let store = try temporaryStore(engine)
        let error = await storeError {
            try await store.write { writer in
                try writer.addShelf("a")
                try? writer.addShelf("a", name: "another")
                try? writer.addShelf("b")
            }
        }
        #expect(error?.breaks(.unique, "shelves.id") == true)
        #expect(try await store.read { try $0.shelfCount() } == 0)
        try await store.write { try $0.addShelf("c") }
        #expect(try await store.read { try $0.shelfCount() } == 1)
    }

    @Test("a reader sees one moment, whatever is written meanwhile", arguments: Engine.all)
    func snapshot(on engine: Engine) async throws {
        let store = try temporaryStore(engine)
        try await store.write { try $0.addShelf("a") }
        let gate = Gate()
        async let counts = store.read { reader in
            let before = try reader.shelfCount()
            gate.pass()
            return [before, try reader.shelfCount()]
        }
        #expect(await gate.waitUntilReached())
        try await store.write { try $0.addShelf("b") }
        gate.open()
        #expect(try await counts == [1, 1])
        #expect(try await store.read { try $0.shelfCount() } == 2)
    }

    @Test("a reader cannot write", arguments: Engine.all)
    func readersOnlyRead(on engine: Engine) async throws {
        let store = try temporaryStore(engine)
        let failure = await code {
            _ = try await store.read { try $0.rows("INSERT INTO shelves VALUES ('a', 'a', 1) RETURNING id") }
        }
        #expect(failure == .internal)
        #expect(try await store.read { try $0.shelfCount() } == 0)
    }

    @Test("one statement may be used inside its own loop", arguments: Engine.all)
    func nestedLoops(on engine: Engine) async throws {
        let store = try temporaryStore(engine)
        let pairs = try await store.write { writer in
            for id in ["a", "b", "c"] { try writer.addShelf(id) }
            var pairs: [String] = []
            try writer.forEach("SELECT id FROM shelves ORDER BY id") { outer in
                try writer.forEach("SELECT id FROM shelves ORDER BY id") { inner in
                    pairs.append(try outer.text(0) + inner.text(0))
                }
            }
            return pairs
        }
        #expect(pairs == ["aa", "ab", "ac", "ba", "bb", "bc", "ca", "cb", "cc"])
    }

    @Test("changed rows are counted, and RETURNING gives rows", arguments: Engine.all)
    func changes(on engine: Engine) async throws {
        let store = try temporaryStore(engine)
        let (inserted, none, updated, returned) = try await store.write { writer in
            try writer.addShelf("a")
            let inserted = try writer.execute("INSERT INTO shelves VALUES ('b', 'b', 1), ('c', 'c', 1)")
            let none = try writer.execute("INSERT INTO shelves VALUES ('b', 'b', 1) ON CONFLICT DO NOTHING")
            let updated = try writer.execute("UPDATE shelves SET version = 2 WHERE id <> 'a'")
            let returned = try writer.row("UPDATE shelves SET version = version + 1 WHERE id = 'a' RETURNING version")
            return (inserted, none, updated, try returned!.int("version"))
        }
        #expect(inserted == 2)
        #expect(none == 0)
        #expect(updated == 2)
        #expect(returned == 2)
    }

    @Test("broken rules keep their kind and their columns' names, and tell no values", arguments: Engine.all)
    func constraints(on engine: Engine) async throws {
        let store = try temporaryStore(engine)
        try await store.write { try $0.addShelf("a", name: "Poetry") }
        let unique = await storeError { try await store.write { try $0.addShelf("b", name: "Poetry") } }
        let missing = await storeError {
            try await store.write { _ = try $0.execute("INSERT INTO shelves VALUES ('b', \(nil as String?), 1)") }
        }
        let check = await storeError {
            try await store.write { _ = try $0.execute("INSERT INTO books VALUES ('b', 'a', \(0), NULL)") }
        }
        let reference = await storeError {
            try await store.write { _ = try $0.execute("INSERT INTO books VALUES ('b', 'elsewhere', 9, NULL)") }
        }
        #expect(unique?.breaks(.unique, "shelves.name") == true)
        #expect(missing?.breaks(.notNull, "shelves.name") == true)
        #expect(check?.breaks(.check, "some_pages") == true)
        #expect(reference?.constraint?.kind == .foreignKey)
        #expect(unique?.description.contains("Poetry") == false)
    }

    @Test("a mistake in SQL is told as ours", arguments: Engine.all)
    func badSQL(on engine: Engine) async throws {
        let store = try temporaryStore(engine)
        let error = await storeError { try await store.read { _ = try $0.rows("SELEKT 1") } }
        #expect(error?.code == .internal)
        #expect(error?.cause?.contains("SELEKT") == true)
    }

    @Test("a closed store says so, and closing twice is nothing", arguments: Engine.all)
    func closed(on engine: Engine) async throws {
        let store = try temporaryStore(engine)
        store.close()
        store.close()
        #expect(await code { _ = try await store.read { try $0.shelfCount() } } == .unavailable)
        #expect(await code { try await store.write { try $0.addShelf("a") } } == .unavailable)
    }

    @Test("a copy holds one moment and opens as a store of its own, with the same feed")
    func copies() async throws {
        let folder = try TestFolder()
        let store = try temporaryStore()
        try await store.write { try $0.addShelf("a") }
        try await store.copy(to: folder.store)
        try await store.write { try $0.addShelf("b") }
        let copy = try folder.open()
        #expect(try await copy.read { try $0.shelfCount() } == 1)
        #expect(try await copy.feedEnd() == store.feedEnd())
        #expect(try folder.names().filter { $0.hasSuffix(".partial") }.isEmpty)
        copy.close()
    }

    @Test("a location is read from text")
    func locations() async throws {
        #expect(try StoreLocation("sqlite:/var/lib/a.db") == .sqlite(path: "/var/lib/a.db"))
        #expect(try StoreLocation("a.db") == .sqlite(path: "a.db"))
        #expect(try StoreLocation("temporary") == .temporary)
        #expect(try StoreLocation("postgres://host/db") == .postgres(PostgresLocation("postgresql://host/db")))
        #expect(await code { _ = try StoreLocation("postgres://host/db?schema=Upper") } == .internal)
        #expect(await code { _ = try StoreLocation("sqlite:") } == .internal)
    }

    @Test("a temporary store leaves nothing behind")
    func temporary() async throws {
        let store = try temporaryStore()
        let path = try await store.read { try $0.row("PRAGMA database_list")!.text("file") }
        #expect(FileManager.default.fileExists(atPath: path))
        store.close()
        #expect(!FileManager.default.fileExists(atPath: (path as NSString).deletingLastPathComponent))
    }
}
