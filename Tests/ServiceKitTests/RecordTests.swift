import Contracts
import Logging
import RPC
import ServiceKit
import Storage
import TestSupport
import Testing
import Values

@Suite("Values that requests and records share")
struct RecordTests {
    @Test("a request's values are read, and each that cannot be one is named")
    func values() throws {
        var violations = FieldViolations()
        #expect(violations.date(.init(year: 2026, month: 2, day: 28), "from") == CalendarDate(iso: "2026-02-28"))
        #expect(violations.date(nil, "to") == nil)
        #expect(violations.pageSize(0, standard: 20, most: 100) == 20)
        #expect(violations.pageSize(100, standard: 20, most: 100) == 100)
        #expect(violations.instant(.init(seconds: 1, nanos: 2000), "at") == Instant(microseconds: 1_000_002))
        #expect(violations.filter(["b", "a", "b"], "kind") == ["a", "b"])
        #expect(violations.isEmpty)

        #expect(violations.date(.init(year: 2026, month: 2, day: 29), "from") == nil)
        #expect(violations.neededDate(nil, "to") == nil)
        _ = violations.pageSize(101, standard: 20, most: 100)
        _ = violations.pageSize(-1, standard: 20, most: 100)
        #expect(violations.instant(.init(seconds: .max), "at") == nil)
        #expect(violations.urn(0, "urn") == nil)
        #expect(violations.identifier("x", "id") == nil)
        violations.expectedVersion(-1)
        _ = violations.filter((0...FieldViolations.mostFilterValues).map { "\($0)" }, "kind")
        #expect(violations.values([1, 2, 3], "status") { $0 == 2 ? nil : $0 } == [1, 3])
        #expect(violations.violations.map(\.field) == [
            "from", "to", "pageSize", "pageSize", "at", "urn", "id", "expectedVersion", "kind", "status[1]",
        ])
    }

    @Test("an id that cannot be one names nothing")
    func foreignID() {
        let error = #expect(throws: RPCError.self) { try UUIDv7("42", of: "partner") }
        #expect(error?.code == .notFound)
    }

    @Test("fields that did not change are not told, and characters of JSON are escaped")
    func changedFields() {
        let json = ChangedFields.json(
            from: [("a", "1"), ("b", "x"), ("c", "")], to: [("a", "1"), ("b", "\"\\\n\u{1}"), ("c", "é")],
            hidden: ["c"])
        #expect(json == #"{"b":["x","\"\\\n\u0001"],"c":["…","…"]}"#)
        #expect(ChangedFields.json(new: [("a", ""), ("b", "x")]) == #"{"b":["","x"]}"#)
    }

    @Test("a history is paged newest first, and a record without one is no record")
    func history() async throws {
        let store = try Store(
            opening: TestStore.location(), service: "test", migrations: [], at: Instant(microseconds: 0), limits: .standard,
            log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let id = try #require(UUIDv7("018f0000-0000-7000-8000-000000000001"))
        let mutation = Mutation(principal: "p", method: "m", key: nil, requestDigest: [],
                                actor: Actor(id: "a", kind: "token"), at: Instant(microseconds: 5))
        try await store.write { writer in
            for version in 1...5 {
                try writer.recordHistory(entity: "thing", id: id.text, version: Int64(version), change: "edited", mutation)
            }
        }
        var versions: [[Int64]] = []
        var token = ""
        repeat {
            let page = try #require(try await store.history(of: id, entity: "thing", pageSize: 2, token: token))
            versions.append(page.elements.map(\.version))
            token = page.nextToken
        } while !token.isEmpty
        #expect(versions == [[5, 4], [3, 2], [1]])
        #expect(try await store.history(of: id, entity: "other", pageSize: 2, token: "") == nil)
    }
}
