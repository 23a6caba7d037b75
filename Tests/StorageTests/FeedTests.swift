import Foundation
@testable import Storage
import Testing
import TestSupport

@Suite("The feed of events")
struct FeedTests {
    private func append(_ numbers: ClosedRange<Int>, to store: Store) async throws {
        try await store.write { writer in
            for number in numbers { try writer.appendEvent(event(number)) }
        }
    }

    @Test("events are told in order, by pages, after any position", arguments: Engine.all)
    func pages(on engine: Engine) async throws {
        let store = try temporaryStore(engine)
        #expect(try await store.events(after: nil, limit: 10).isEmpty)
        try await append(1...5, to: store)
        let all = try await store.events(after: nil, limit: 10)
        #expect(all.map(\.event) == (1...5).map(event))
        #expect(all.map(\.position.sequence) == [1, 2, 3, 4, 5])
        let page = try await store.events(after: all[1].position, limit: 2)
        #expect(page == Array(all[2...3]))
        #expect(try await store.events(after: all[4].position, limit: 2).isEmpty)
        #expect(try await store.feedEnd() == all[4].position)
    }

    @Test("a position survives as text, and text that is none is refused", arguments: Engine.all)
    func positionText(on engine: Engine) async throws {
        let store = try temporaryStore(engine)
        let start = try await store.feedEnd()
        try await append(1...1, to: store)
        let end = try await store.feedEnd()
        #expect(try FeedPosition(end.text) == end)
        #expect(try FeedPosition("") == nil)
        #expect(try await store.events(after: FeedPosition(start.text), limit: 9).count == 1)
        for bad in ["x", "a-b-c", "a-1", "a--1-c", "-1-a", "a-1-"] {
            #expect(await code { _ = try FeedPosition(bad) } == .feedMismatch, "\(bad)")
        }
    }

    @Test("an event of a transaction that fails is not told and leaves no gap", arguments: Engine.all)
    func rolledBack(on engine: Engine) async throws {
        let store = try temporaryStore(engine)
        try await append(1...1, to: store)
        _ = await code { try await self.append(1...1, to: store) }
        try await append(2...2, to: store)
        #expect(try await store.events(after: nil, limit: 9).map(\.position.sequence) == [1, 2])
    }

    @Test("a position of another store is of another feed", arguments: Engine.all)
    func otherFeed(on engine: Engine) async throws {
        let (one, two) = (try temporaryStore(engine), try temporaryStore(engine))
        try await append(1...1, to: one)
        try await append(1...1, to: two)
        let position = try await one.feedEnd()
        #expect(await code { _ = try await two.events(after: position, limit: 1) } == .feedMismatch)
    }

    @Test("a store restored from an older copy finds its followers ahead, also after it went on", arguments: Engine.all)
    func restored(on engine: Engine) async throws {
        let place = try TestPlace(engine, canBeCopied: true)
        var store = try place.open()
        try await append(1...2, to: store)
        let shared = try await store.feedEnd()
        store.close()
        let older = try place.copy()
        store = try place.open()
        try await append(3...4, to: store)
        let follower = try await store.feedEnd()

        let restored = try older.open()
        #expect(try await restored.events(after: shared, limit: 9).isEmpty)
        #expect(await code { _ = try await restored.events(after: follower, limit: 9) } == .feedAhead)
        // Other events get the numbers that the follower has seen.
        try await append(13...16, to: restored)
        #expect(await code { _ = try await restored.events(after: follower, limit: 9) } == .feedMismatch)
        #expect(try await restored.events(after: shared, limit: 9).count == 4)
        restored.close()
    }

    @Test("followers wake up after a commit with events, and only then", .timeLimit(.minutes(1)), arguments: Engine.all)
    func wakeUps(on engine: Engine) async throws {
        let store = try temporaryStore(engine)
        var first = store.eventsAdded().makeAsyncIterator()
        var second = store.eventsAdded().makeAsyncIterator()
        try await append(1...3, to: store)
        #expect(await first.next() != nil)
        #expect(await second.next() != nil)

        let third = store.eventsAdded()
        let told = Task {
            var count = 0
            for await _ in third { count += 1 }
            return count
        }
        try await store.write { try $0.addShelf("a") }
        _ = await code { try await self.append(1...1, to: store) }
        store.close()
        // Whoever hears of other processes tells once, when it begins to listen, that something may have been missed.
        let beginnings = engine == .postgres ? 1 : 0
        #expect(await told.value <= beginnings)
        var more = 0
        while await first.next() != nil { more += 1 }
        #expect(more <= beginnings)
    }

    @Test("additions between two looks are told once, and never lost", .timeLimit(.minutes(1)), arguments: Engine.all)
    func follows(on engine: Engine) async throws {
        let store = try temporaryStore(engine)
        let follower = Task {
            var seen: [Int64] = []
            var position: FeedPosition?
            let added = store.eventsAdded()
            func catchUp() async throws {
                while true {
                    let records = try await store.events(after: position, limit: 7)
                    guard let last = records.last else { return }
                    seen += records.map(\.event.subjectVersion)
                    position = last.position
                }
            }
            try await catchUp()
            for await _ in added {
                try await catchUp()
                if seen.count == 200 { break }
            }
            return seen
        }
        try await withThrowingTaskGroup { group in
            for number in 0..<200 { group.addTask { try await self.append(number...number, to: store) } }
            try await group.waitForAll()
        }
        #expect(try await follower.value.sorted() == (0..<200).map(Int64.init))
    }

    @Test("who stops waiting is forgotten", arguments: Engine.all)
    func unsubscribes(on engine: Engine) async throws {
        let store = try temporaryStore(engine)
        let task = Task { for await _ in store.eventsAdded() {} }
        #expect(await eventually { store.wakeUps.count == 1 })
        task.cancel()
        await task.value
        #expect(await eventually { store.wakeUps.count == 0 })
        store.close()
        var late = store.eventsAdded().makeAsyncIterator()
        #expect(await late.next() == nil)
    }

    @Test("a follower's position moves with the effect, and only from where it was", arguments: Engine.all)
    func followerPositions(on engine: Engine) async throws {
        let store = try temporaryStore(engine)
        #expect(try await store.read { try $0.followerPosition("cellar") } == nil)
        func apply(_ id: String, from previous: String?, to position: String) async throws {
            try await store.write { writer in
                try writer.addShelf(id)
                try writer.setFollowerPosition("cellar", to: position, from: previous)
            }
        }
        try await apply("a", from: nil, to: "f-1")
        try await apply("b", from: "f-1", to: "f-2")
        #expect(await code { try await apply("c", from: "f-1", to: "f-2") } == .followerMoved)
        #expect(await code { try await apply("d", from: nil, to: "f-1") } == .followerMoved)
        #expect(try await store.read { try $0.followerPosition("cellar") } == "f-2")
        #expect(try await store.read { try $0.shelfCount() } == 2)
    }
}
