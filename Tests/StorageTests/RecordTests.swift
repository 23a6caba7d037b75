@testable import Storage
import Testing
import TestSupport
import Values

@Suite("History and versions")
struct RecordTests {
    @Test("history tells who, when and why, newest first, by pages", arguments: Engine.all)
    func history(on engine: Engine) async throws {
        let store = try temporaryStore(engine)
        try await store.write { writer in
            for version in 1...3 {
                try writer.recordHistory(entity: "shelf", id: "a", version: Int64(version), change: "edited",
                                         detailJSON: #"{"name":["x","y"]}"#, mutation(key: nil))
            }
            try writer.recordHistory(entity: "shelf", id: "b", version: 1, change: "made", mutation(key: nil))
        }
        let newest = try await store.read { try $0.history(entity: "shelf", id: "a", limit: 2) }
        #expect(newest.map(\.version) == [3, 2])
        #expect(newest.first == HistoryRecord(
            entity: "shelf", id: "a", version: 3, at: noon, actor: Actor(id: "someone", kind: "token"),
            change: "edited", reason: "tidying", detailJSON: #"{"name":["x","y"]}"#, requestID: "r-1"))
        let rest = try await store.read { try $0.history(entity: "shelf", id: "a", before: 2, limit: 2) }
        #expect(rest.map(\.version) == [1])
    }

    @Test("history and events cannot be changed or removed", arguments: ["store_history", "store_events"], Engine.all)
    func appendOnly(table: String, on engine: Engine) async throws {
        let store = try temporaryStore(engine)
        try await store.write { writer in
            try writer.recordHistory(entity: "shelf", id: "a", version: 1, change: "made", mutation(key: nil))
            try writer.appendEvent(event(1))
        }
        let update = await storeError {
            try await store.write { _ = try $0.execute("UPDATE \(raw: table) SET actor_id = 'x'") }
        }
        let delete = await storeError {
            try await store.write { _ = try $0.execute("DELETE FROM \(raw: table)") }
        }
        #expect(update?.breaks(.rule, "Rows of \(table) are never changed") == true)
        #expect(delete?.breaks(.rule, "Rows of \(table) are never removed") == true)
    }

    @Test("one version of a record has one entry", arguments: Engine.all)
    func oneEntry(on engine: Engine) async throws {
        let store = try temporaryStore(engine)
        let failure = await storeError {
            try await store.write { writer in
                for _ in 1...2 {
                    try writer.recordHistory(entity: "shelf", id: "a", version: 1, change: "made", mutation(key: nil))
                }
            }
        }
        let columns = "store_history.entity, store_history.entity_id, store_history.version"
        #expect(failure?.breaks(.unique, columns) == true)
    }

    @Test("an edit of an old version is refused and told the current one", arguments: Engine.all)
    func versions(on engine: Engine) async throws {
        let store = try temporaryStore(engine)
        try await store.write { try $0.addShelf("a") }
        let second = try await store.write { try $0.advanceVersion(of: "a", in: "shelves", expected: 1) }
        #expect(second == 2)
        let stale = await code {
            try await store.write { _ = try $0.advanceVersion(of: "a", in: "shelves", expected: 1) }
        }
        #expect(stale == .staleVersion(current: 2))
        #expect(try await store.write { try $0.advanceVersion(of: "a", in: "shelves", expected: nil) } == 3)
        #expect(try await store.write { try $0.advanceVersion(of: "none", in: "shelves", expected: 1) } == nil)
        #expect(await code { try RecordVersion.check(current: 3, expected: 2) } == .staleVersion(current: 3))
        try RecordVersion.check(current: 3, expected: 3)
        try RecordVersion.check(current: 3, expected: 0)
    }
}
