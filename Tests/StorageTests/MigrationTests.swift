import Foundation
@testable import Storage
import Testing
import TestSupport
import Values

@Suite("Migrations")
struct MigrationTests {
    private let third = Migration(name: "003_add_height", sql: ["ALTER TABLE shelves ADD COLUMN height BIGINT"])

    private func refusal(_ place: TestPlace, _ migrations: [Migration], service: String = "library") async
        -> StoreError? {
        await storeError { try place.open(migrations, service: service).close() }
    }

    @Test("new ones are applied once, and what was there stays", arguments: Engine.all)
    func addsOne(on engine: Engine) async throws {
        let place = try TestPlace(engine)
        let store = try place.open()
        try await store.write { try $0.addShelf("a") }
        store.close()
        for _ in 1...2 {
            let newer = try place.open(shelves + [third])
            let heights = try await newer.read { try $0.rows("SELECT height FROM shelves").count }
            #expect(heights == 1)
            newer.close()
        }
    }

    @Test("an edited one is refused by name", arguments: Engine.all)
    func edited(on engine: Engine) async throws {
        let place = try TestPlace(engine)
        try place.open().close()
        var edited = shelves
        edited[1] = Migration(name: shelves[1].name, sql: shelves[1].sql + ["CREATE INDEX i ON books (shelf_id)"])
        let error = await refusal(place, edited)
        #expect(error?.code == .migrationMismatch)
        #expect(error?.message.contains("002_create_books was edited") == true)
        try place.open().close()
    }

    @Test("a missing or moved one is refused by name", arguments: Engine.all)
    func missingOrMoved(on engine: Engine) async throws {
        let place = try TestPlace(engine)
        try place.open(shelves + [third]).close()
        let missing = await refusal(place, [shelves[0], third])
        #expect(missing?.code == .migrationMismatch)
        #expect(missing?.message.contains("002_create_books, number 2 in the store, is missing from") == true)
        let moved = await refusal(place, [shelves[1], shelves[0], third])
        #expect(moved?.code == .migrationMismatch)
        #expect(moved?.message.contains("001_create_shelves, number 1 in the store, stands elsewhere in") == true)
    }

    @Test("a store of a newer release is refused", arguments: Engine.all)
    func newer(on engine: Engine) async throws {
        let place = try TestPlace(engine)
        try place.open(shelves + [third]).close()
        let error = await refusal(place, shelves)
        #expect(error?.code == .newerRelease)
        #expect(error?.message.contains("003_add_height") == true)
    }

    @Test("a store of another service is refused", arguments: Engine.all)
    func otherService(on engine: Engine) async throws {
        let place = try TestPlace(engine)
        try place.open().close()
        let error = await refusal(place, shelves, service: "cellar")
        #expect(error?.code == .migrationMismatch)
        #expect(error?.message.contains("store of library, not of cellar") == true)
    }

    @Test("a database of another program is refused", arguments: Engine.all)
    func otherProgram(on engine: Engine) async throws {
        let place = try TestPlace(engine)
        try await place.addForeignTable()
        #expect(await refusal(place, shelves)?.code == .corrupt)
    }

    @Test("one that fails changes nothing, also not by those before it", arguments: Engine.all)
    func fails(on engine: Engine) async throws {
        let place = try TestPlace(engine)
        try place.open().close()
        let bad = Migration(name: "004_bad", sql: ["CREATE TABLE extra (a BIGINT)", "CREATE TABLE shelves (a BIGINT)"])
        let error = await refusal(place, shelves + [third, bad])
        #expect(error?.message.hasPrefix("Migration 004_bad failed and nothing was changed") == true)
        let old = try place.open()
        #expect(await code { _ = try await old.read { try $0.rows("SELECT height FROM shelves") } } == .internal)
        #expect(await code { _ = try await old.read { try $0.rows("SELECT a FROM extra") } } == .internal)
        old.close()
    }

    /// Not on PostgreSQL, which alters a table where it stands.
    @Test("a table that others refer to can be rebuilt")
    func rebuilds() async throws {
        let folder = try TestFolder()
        let store = try folder.open()
        try await store.write { writer in
            try writer.addShelf("a")
            try writer.execute("INSERT INTO books VALUES ('b', 'a', 9, NULL)")
        }
        store.close()
        let rebuild = Migration(name: "003_rebuild", sql: [
            "CREATE TABLE new_shelves (id TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL, version BIGINT NOT NULL)",
            "INSERT INTO new_shelves SELECT id, name, version FROM shelves",
            "DROP TABLE shelves",
            "ALTER TABLE new_shelves RENAME TO shelves",
        ])
        let newer = try folder.open(shelves + [rebuild])
        #expect(try await newer.read { try $0.rows("SELECT id FROM books").count } == 1)
        let orphan = await code {
            try await newer.write { _ = try $0.execute("INSERT INTO books VALUES ('c', 'none', 9, NULL)") }
        }
        #expect(orphan == .constraint(StoreError.Constraint(kind: .foreignKey, name: "")))
        newer.close()
    }

    @Test("rows that refer to nothing afterwards are refused", arguments: Engine.all)
    func leavesOrphans(on engine: Engine) async throws {
        let place = try TestPlace(engine)
        let store = try place.open()
        try await store.write { writer in
            try writer.addShelf("a")
            try writer.execute("INSERT INTO books VALUES ('b', 'a', 9, NULL)")
        }
        store.close()
        let error = await refusal(place, shelves + [Migration(name: "003_empty", sql: ["DELETE FROM shelves"])])
        switch engine {
        case .sqlite: #expect(error?.breaks(.foreignKey, "books → shelves") == true)
        case .postgres: #expect(error?.constraint?.kind == .foreignKey)
        }
        let old = try place.open()
        #expect(try await old.read { try $0.shelfCount() } == 1)
        old.close()
    }

    @Test("a copy is kept before an existing store is migrated, and opens with the release before")
    func keepsCopy() async throws {
        let folder = try TestFolder()
        let store = try folder.open()
        try await store.write { try $0.addShelf("a") }
        store.close()
        #expect(try folder.copies().isEmpty)
        try folder.open(shelves + [third], at: noon + .milliseconds(1500)).close()
        #expect(try folder.copies() == ["shelves.db.before-003_add_height-20260302T120001Z.copy"])
        let restored = try Store(opening: .sqlite(path: folder.path + "/" + folder.copies()[0]), service: "library",
                                 migrations: shelves, at: noon, log: quiet)
        #expect(try await restored.read { try $0.shelfCount() } == 1)
        restored.close()
    }

    @Test("of the copies the latest three are kept")
    func keepsThreeCopies() async throws {
        let folder = try TestFolder()
        var migrations = shelves
        try folder.open(migrations).close()
        // Names that sort against the time, to see that time decides.
        for (number, name) in ["z", "y", "x", "w", "v"].enumerated() {
            migrations.append(Migration(name: name, sql: ["CREATE TABLE \(raw: name) (a BIGINT)"]))
            try folder.open(migrations, at: noon + .seconds(number)).close()
        }
        #expect(try folder.copies().map { $0.dropFirst("shelves.db.before-".count).prefix(1) } == ["v", "w", "x"])
    }

    @Test("names that would not do for a file, and names twice, are refused", arguments: Engine.all)
    func names(on engine: Engine) async throws {
        let place = try TestPlace(engine)
        let bad = await refusal(place, [Migration(name: "../x", sql: [])])
        #expect(bad?.code == .internal)
        #expect(await refusal(place, shelves + [shelves[0]])?.code == .internal)
        #expect(await refusal(place, shelves) == nil)
    }
}

extension TestFolder {
    fileprivate func copies() throws -> [String] {
        try names().filter { $0.hasSuffix(".copy") }
    }
}
