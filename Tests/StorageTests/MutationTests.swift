@testable import Storage
import Testing
import TestSupport
import Values

@Suite("Requests with keys")
struct MutationTests {
    private struct Rejected: Error {}

    private func add(_ id: String, _ store: Store, _ mutation: Mutation) async throws -> [UInt8] {
        try await store.mutate(mutation) { writer in
            try writer.addShelf(id)
            return Array("added \(id)".utf8)
        }
    }

    @Test("a repetition gets the reply of the first time and changes nothing", arguments: Engine.all)
    func repeats(on engine: Engine) async throws {
        let place = try TestPlace(engine)
        let store = try place.open()
        let first = try await add("a", store, mutation(key: "k"))
        let second = try await add("b", store, mutation(key: "k"))
        #expect(first == second)
        #expect(try await store.read { try $0.shelfCount() } == 1)
        store.close()
        let again = try place.open()
        #expect(try await add("c", again, mutation(key: "k")) == first)
        again.close()
    }

    @Test("a key with another request is refused", arguments: Engine.all)
    func otherRequest(on engine: Engine) async throws {
        let store = try temporaryStore(engine)
        _ = try await add("a", store, mutation(key: "k"))
        #expect(await code { _ = try await add("b", store, mutation(key: "k", request: "other")) } == .keyReused)
        #expect(try await store.read { try $0.shelfCount() } == 1)
    }

    @Test("one key of two principals or methods is two keys", arguments: Engine.all)
    func keysHaveOwners(on engine: Engine) async throws {
        let store = try temporaryStore(engine)
        var other = mutation(key: "k")
        _ = try await add("a", store, other)
        other.principal = "someone else"
        _ = try await add("b", store, other)
        other.method = "olp.Library/Other"
        _ = try await add("c", store, other)
        #expect(try await store.read { try $0.shelfCount() } == 3)
    }

    @Test("without a key every request is a new one", arguments: Engine.all)
    func noKey(on engine: Engine) async throws {
        let store = try temporaryStore(engine)
        _ = try await add("a", store, mutation(key: nil))
        _ = try await add("b", store, mutation(key: nil))
        #expect(try await store.read { try $0.shelfCount() } == 2)
    }

    @Test("a rejected request leaves no trace and may be tried again with its key", arguments: Engine.all)
    func rejected(on engine: Engine) async throws {
        let store = try temporaryStore(engine)
        await #expect(throws: Rejected.self) {
            _ = try await store.mutate(mutation(key: "k")) { writer in
                try writer.addShelf("a")
                throw Rejected()
            }
        }
        _ = try await add("a", store, mutation(key: "k"))
        #expect(try await store.read { try $0.shelfCount() } == 1)
    }

    @Test("64 writers at once with 8 keys do 8 things, and each learns the reply of its key", arguments: Engine.all)
    func manyWriters(on engine: Engine) async throws {
        let store = try temporaryStore(engine)
        let runs = Tally()
        let replies = try await withThrowingTaskGroup(of: (Int, [UInt8]).self) { group in
            for number in 0..<64 {
                group.addTask {
                    let key = number % 8
                    let reply = try await store.mutate(mutation(key: "k\(key)", request: "\(key)")) { writer in
                        runs.raise()
                        try writer.addShelf("\(key)")
                        try writer.appendEvent(event(key))
                        return [UInt8(key)]
                    }
                    return (key, reply)
                }
            }
            return try await group.reduce(into: [(Int, [UInt8])]()) { $0.append($1) }
        }
        #expect(replies.count == 64)
        #expect(replies.allSatisfy { $0.1 == [UInt8($0.0)] })
        // With several writers a body may have to run again, and what it did the first time is gone.
        if engine == .sqlite { #expect(runs.value == 8) }
        #expect(try await store.read { try $0.shelfCount() } == 8)
        #expect(try await store.feedEnd().sequence == 8)
    }

    @Test("keys are forgotten a day after, in steps, and younger ones are not", arguments: Engine.all)
    func expire(on engine: Engine) async throws {
        let store = try temporaryStore(engine)
        let old = Store.purgeStep + 3
        try await store.write { writer in
            for number in 0..<old {
                try writer.execute("""
                    INSERT INTO store_replies VALUES ('p', 'm', \("old\(number)"), \([UInt8]()), \([UInt8]()), \(noon))
                    """)
            }
        }
        _ = try await add("a", store, mutation(key: "young", at: noon + .seconds(1)))
        #expect(try await store.purgeExpiredKeys(now: noon + Mutation.keyLifetime - .seconds(1)) == 0)
        #expect(try await store.purgeExpiredKeys(now: noon + Mutation.keyLifetime) == old)
        _ = try await add("b", store, mutation(key: "young"))
        #expect(try await store.read { try $0.shelfCount() } == 1)
        #expect(try await store.purgeExpiredKeys(now: noon + Mutation.keyLifetime + .seconds(1)) == 1)
        _ = try await add("b", store, mutation(key: "young"))
        #expect(try await store.read { try $0.shelfCount() } == 2)
    }
}
