@testable import Storage
import Testing
import TestSupport
import Values

@Suite("SQL by interpolation")
struct SQLTests {
    /// As PostgreSQL would number them.
    private struct Numbered: SQLDialect {
        func placeholder(_ number: Int) -> String { "$\(number)" }
        func text(of term: SQLTerm) -> String { "<\(term)>" }
    }

    @Test("interpolated values are bound and never pasted")
    func binds() {
        let name = "Robert'); DROP TABLE shelves;--"
        let sql: SQL = "SELECT * FROM shelves WHERE name = \(name) AND version > \(3)"
        let rendered = sql.rendered(SQLiteDialect())
        #expect(rendered.text == "SELECT * FROM shelves WHERE name = ? AND version > ?")
        #expect(rendered.values == [.text(name), .int(3)])
    }

    @Test("each engine writes placeholders and terms its own way")
    func dialects() {
        let condition: SQL = "a = \(1)"
        let sql: SQL = "SELECT \(raw: "b") FROM t WHERE \(condition) AND c = \(true) AND d = \(.bytes)"
        #expect(sql.rendered(Numbered()).text == "SELECT b FROM t WHERE a = $1 AND c = $2 AND d = <bytes>")
        #expect(sql.rendered(SQLiteDialect()).text == "SELECT b FROM t WHERE a = ? AND c = ? AND d = BLOB")
    }

    @Test("lists become brackets, and nothing is in an empty one", arguments: Engine.all)
    func lists(on engine: Engine) async throws {
        let store = try temporaryStore(engine)
        try await store.write { writer in
            try writer.addShelf("a")
            try writer.addShelf("b")
        }
        func count(_ ids: [String]) async throws -> Int {
            try await store.read { try $0.rows("SELECT id FROM shelves WHERE id IN \(list: ids)").count }
        }
        #expect(try await count(["a", "b"]) == 2)
        #expect(try await count([]) == 0)
    }

    @Test("padded lists find the same rows by few texts")
    func paddedLists() {
        func text(_ count: Int) -> String {
            SQL.padded((0..<count).map { .int(Int64($0)) }).rendered(Numbered()).text
        }
        #expect(text(0) == "(NULL)" && text(1) == "($1)")
        #expect(text(2) == text(10) && text(101) == text(200) && text(100) != text(101))
        #expect(SQL.padded([.int(7), .int(8)]).rendered(Numbered()).values == [.int(7)] + Array(repeating: .int(8), count: 9))
    }

    @Test("pieces are joined with their values in order")
    func joins() {
        let sql = ["a = \(1)", "b = \("x")"].joined(separator: " AND ") + " ORDER BY \(raw: "a")"
        #expect(sql.rendered(Numbered()).text == "a = $1 AND b = $2 ORDER BY a")
        #expect(sql.rendered(Numbered()).values == [.int(1), .text("x")])
    }

    @Test("every kind of value comes back as it went in", arguments: Engine.all)
    func roundTrip(on engine: Engine) async throws {
        let store = try temporaryStore(engine, [])
        let day = try #require(CalendarDate(year: 2026, month: 2, day: 28))
        let text = "Ælfric – 名"
        let row = try #require(try await store.write { writer in
            try writer.row("""
                SELECT \(Int64.min) AS i, \(text) AS t, \([0, 255] as [UInt8]) AS b, \(2.5) AS r, \(true) AS yes,
                       \(nil as String?) AS absent, \(noon) AS at, \(day) AS day, \([UInt8]()) AS empty
                """)
        })
        #expect(try row.int("i") == .min)
        #expect(try row.text("t") == text)
        #expect(try row.blob("b") == [0, 255])
        #expect(try row.real("r") == 2.5)
        #expect(try row.bool("yes"))
        #expect(try row.optionalText("absent") == nil)
        #expect(try row.optionalInt("absent") == nil)
        #expect(try row.optionalBool("absent") == nil)
        #expect(try row.optionalBlob("absent") == nil)
        #expect(try row.optionalDate("absent") == nil)
        #expect(try row.optionalInstant("absent") == nil)
        #expect(try row.instant("at") == noon)
        #expect(try row.date(7) == day)
        #expect(try row.blob("empty") == [])
    }

    @Test("a text with a zero character is refused instead of being cut", arguments: Engine.all)
    func zeroCharacter(on engine: Engine) async throws {
        let store = try temporaryStore(engine)
        #expect(await code { try await store.write { try $0.addShelf("a\u{0}b") } } == .mismatch)
        #expect(try await store.read { try $0.shelfCount() } == 0)
    }

    @Test("a column that is missing or of another type is named, and its value is not", arguments: Engine.all)
    func mismatch(on engine: Engine) async throws {
        let store = try temporaryStore(engine, [])
        let row = try #require(try await store.read { try $0.row("SELECT \("secret name") AS who") })
        let missing = await storeError { _ = try row.int("age") }
        #expect(missing?.code == .mismatch)
        #expect(missing?.message.contains("age") == true)
        for wrong in [
            await storeError { _ = try row.int("who") }, await storeError { _ = try row.bool(0) },
            await storeError { _ = try row.date("who") }, await storeError { _ = try row.blob("who") },
        ] {
            #expect(wrong?.code == .mismatch)
            #expect(wrong?.message.contains("who") == true)
            #expect(wrong?.description.contains("secret") == false)
        }
    }
}
