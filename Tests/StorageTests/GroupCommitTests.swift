@testable import Storage
import Testing

@Suite("Writes that share a commit")
struct GroupCommitTests {
    private struct Rejected: Error {}

    @Test("writes that wait together share one commit, in the order in which they came")
    func shareOne() async throws {
        let store = try temporaryStore(limits: .patient)
        let waiting = try await WaitingWrites(store)
        var tasks: [Task<Int64, any Error>] = []
        for number in 0..<20 {
            tasks.append(await waiting.add { writer in
                try writer.addShelf("\(number)")
                try writer.appendEvent(event(number))
                return try writer.feedEnd().sequence
            })
        }
        try await waiting.release()
        var positions: [Int64] = []
        for task in tasks { positions.append(try await task.value) }
        #expect(positions == Array(1...20))
        #expect(try await store.events(after: nil, limit: 100).map(\.event.subjectVersion) == (0..<20).map(Int64.init))
        #expect(waiting.counts == WriteCounts(writes: 21, commits: 1))
    }

    @Test("one that throws, breaks a rule or swallows a statement's error leaves its neighbours alone")
    func neighbours() async throws {
        let store = try temporaryStore(limits: .patient)
        let waiting = try await WaitingWrites(store)
        let first = await waiting.add { try $0.addShelf("a") }
        let throwing = await waiting.add { writer in
            try writer.addShelf("b")
            throw Rejected()
        }
        let breaking = await waiting.add { writer in
            try writer.addShelf("c")
            try writer.addShelf("d", name: "a")
        }
        let swallowing = await waiting.add { writer in
            try writer.addShelf("e")
            try? writer.addShelf("e", name: "another")
            try? writer.addShelf("f")
        }
        let last = await waiting.add { writer in
            try writer.addShelf("g")
            return try writer.shelfIDs()
        }
        try await waiting.release()
        try await first.value
        await #expect(throws: Rejected.self) { _ = try await throwing.value }
        #expect(await storeError { try await breaking.value }?.breaks(.unique, "shelves.name") == true)
        #expect(await storeError { try await swallowing.value }?.breaks(.unique, "shelves.id") == true)
        #expect(try await last.value == ["a", "g"])
        #expect(try await store.read { try $0.shelfIDs() } == ["a", "g"])
        #expect(waiting.counts == WriteCounts(writes: 3, commits: 1))
    }

    @Test("when the first of all fails, the others share a commit still")
    func firstFails() async throws {
        let store = try temporaryStore(limits: .patient)
        let gate = Gate()
        let before = store.writeCounts
        let first = Task {
            try await store.write { writer in
                try writer.addShelf("first")
                gate.pass()
                throw Rejected()
            }
        }
        #expect(await gate.waitUntilReached())
        var others: [Task<Void, any Error>] = []
        for id in ["a", "b"] {
            others.append(Task { try await store.write { try $0.addShelf(id) } })
            #expect(await eventually { store.driver.load.waitingWrites == others.count })
        }
        gate.open()
        await #expect(throws: Rejected.self) { _ = try await first.value }
        for task in others { try await task.value }
        #expect(try await store.read { try $0.shelfIDs() } == ["a", "b"])
        #expect(store.writeCounts.commits == before.commits + 1)
    }

    @Test("none is answered, and nothing is seen of it, before the commit of all")
    func answeredAfterCommit() async throws {
        let store = try temporaryStore(limits: .patient)
        let waiting = try await WaitingWrites(store)
        let answers = Tally()
        let added = store.eventsAdded()
        let told = Task {
            for await _ in added { return true }
            return false
        }
        let kept = await waiting.add { writer in
            try writer.addShelf("a")
            try writer.appendEvent(event(1))
        }
        // It is refused for what the one before it did, which is not kept yet.
        let refused = await waiting.add { try $0.addShelf("a", name: "another") }
        let gate = Gate()
        let last = await waiting.add { _ in gate.pass() }
        let watchers = [kept, refused].map { task in
            Task {
                _ = await task.result
                answers.raise()
            }
        }
        let released = Task { try await waiting.release() }
        #expect(await gate.waitUntilReached())
        #expect(try await store.read { try $0.shelfCount() } == 0)
        #expect(answers.value == 0)
        #expect(waiting.counts.commits == 0)
        gate.open()
        try await released.value
        try await last.value
        for watcher in watchers { await watcher.value }
        try await kept.value
        #expect(await storeError { try await refused.value }?.breaks(.unique, "shelves.id") == true)
        #expect(await told.value)
        #expect(try await store.events(after: nil, limit: 9).count == 1)
    }

    @Test("a key that comes twice in one commit is one request")
    func sameKey() async throws {
        let store = try temporaryStore(limits: .patient)
        let waiting = try await WaitingWrites(store)
        let runs = Tally()
        var tasks: [Task<[UInt8], any Error>] = []
        for number in 0..<3 {
            let place = store.driver.load.waitingWrites + 1
            tasks.append(Task {
                try await store.mutate(mutation(key: "k")) { writer in
                    runs.raise()
                    try writer.addShelf("\(number)")
                    return [UInt8(number)]
                }
            })
            #expect(await eventually { store.driver.load.waitingWrites == place })
        }
        try await waiting.release()
        for task in tasks { #expect(try await task.value == [0]) }
        #expect(runs.value == 1)
        #expect(waiting.counts == WriteCounts(writes: 4, commits: 1))
    }

    @Test("one whose task is cancelled while it waits is left out, and one that has run is answered")
    func cancelled() async throws {
        let store = try temporaryStore(limits: .patient)
        let waiting = try await WaitingWrites(store)
        let ran = await waiting.add { try $0.addShelf("a") }
        let waits = await waiting.add { try $0.addShelf("b") }
        let gate = Gate()
        let last = await waiting.add { _ in gate.pass() }
        waits.cancel()
        await #expect(throws: CancellationError.self) { try await waits.value }
        let released = Task { try await waiting.release() }
        #expect(await gate.waitUntilReached())
        ran.cancel()
        gate.open()
        try await released.value
        try await ran.value
        try await last.value
        #expect(try await store.read { try $0.shelfIDs() } == ["a"])
    }

    // MARK: Bounds

    private func commits(of count: Int, with limits: StoreLimits) async throws -> WriteCounts {
        let store = try temporaryStore(limits: limits)
        let waiting = try await WaitingWrites(store)
        var tasks: [Task<Void, any Error>] = []
        for number in 0..<count { tasks.append(await waiting.add { try $0.addShelf("\(number)") }) }
        try await waiting.release()
        for task in tasks { try await task.value }
        #expect(try await store.read { try $0.shelfCount() } == count)
        return waiting.counts
    }

    @Test("no more writes share a commit than the limit says")
    func fewAtATime() async throws {
        let four = try await commits(of: 8, with: StoreLimits(writesPerCommit: 4, commitWithin: .seconds(600)))
        #expect(four == WriteCounts(writes: 9, commits: 3))
    }

    @Test("with a limit of one, each has its own commit")
    func switchedOff() async throws {
        let one = try await commits(of: 8, with: StoreLimits(writesPerCommit: 1, commitWithin: .seconds(600)))
        #expect(one == WriteCounts(writes: 9, commits: 9))
    }

    @Test("no write joins a commit that began too long ago")
    func notForLong() async throws {
        let none = try await commits(of: 8, with: StoreLimits(commitWithin: .zero))
        #expect(none == WriteCounts(writes: 9, commits: 9))
    }
}
