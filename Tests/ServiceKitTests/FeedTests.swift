import Contracts
import Logging
import RPC
import RPCInProcess
import ServiceLifecycle
import Storage
import Synchronization
import TestSupport
import Testing
import Values

@testable import ServiceKit

@Suite("Event feeds")
struct FeedTests {
    private static let now = Instant(microseconds: 1_700_000_000_000_000)

    private func store(_ name: String, _ folder: TemporaryDirectory) throws -> Store {
        try Store(
            opening: .sqlite(path: folder.file("\(name).sqlite")), service: name,
            migrations: [
                Migration(name: "001_seen", sql: ["CREATE TABLE seen (id TEXT PRIMARY KEY, n INTEGER NOT NULL)"])
            ],
            at: Self.now, log: LogCapture().logger())
    }

    private func append(_ store: Store, _ id: String) async throws {
        try await store.write { writer in
            _ = try writer.appendEvent(
                StoredEvent(
                    id: id, type: "partner.registered", subject: "p", subjectVersion: 1, at: Self.now,
                    actor: Actor(id: "a", kind: "token"), payloadType: "olp.partnership.v1.PartnerChanged", payload: [1]
                ))
        }
    }

    private func channel(_ store: Store, _ readiness: Readiness = Readiness()) -> InProcessChannel {
        InProcessChannel(
            to: StandardServices.server(
                Router(), store: store, readiness: readiness, metrics: MetricsRegistry(), logger: LogCapture().logger())
        )
    }

    @Test("a follower is given what there is, then what comes, in order")
    func serves() async throws {
        try await withTemporaryDirectory { folder in
            let store = try store("partnership", folder)
            try await append(store, "e1")
            let stream = FeedClient(channel(store)).follow(.init())
            let first = try #require(try await stream.next())
            #expect(first.id == "e1" && first.subjectVersion == 1 && first.payload == [1])
            #expect(first.at == .init(seconds: 1_700_000_000) && first.actor == .init(id: "a", kind: "token"))
            try await append(store, "e2")
            #expect(try await stream.next()?.id == "e2")
            let rest = FeedClient(channel(store)).follow(.init(after: first.position, untilNow: true))
            #expect(try await rest.next()?.id == "e2")
            #expect(try await rest.next() == nil)
        }
    }

    @Test("more events than one look reads all arrive")
    func batches() async throws {
        try await withTemporaryDirectory { folder in
            let store = try store("partnership", folder)
            let count = FeedService.batch * 2 + 1
            for number in 0..<count { try await append(store, "e\(number)") }
            var ids: [String] = []
            for try await event in FeedClient(channel(store)).follow(.init(untilNow: true)) { ids.append(event.id) }
            #expect(ids == (0..<count).map { "e\($0)" })
        }
    }

    @Test("a position of another feed is refused for good, and a stop ends the stream for now")
    func refusals() async throws {
        try await withTemporaryDirectory { folder in
            let store = try store("partnership", folder)
            let wrong = FeedClient(channel(store)).follow(.init(after: "another-1-00000000"))
            let error = await #expect(throws: RPCError.self) { try await wrong.next() }
            #expect(error?.code == .failedPrecondition)
            let readiness = Readiness()
            try await append(store, "e1")
            let stream = FeedClient(channel(store, readiness)).follow(.init())
            #expect(try await stream.next()?.id == "e1")
            readiness.stop()
            let end = await #expect(throws: RPCError.self) { try await stream.next() }
            #expect(end?.code == .unavailable)
        }
    }

    /// Runs a follower of `source`'s feed into `target` while `body` runs.
    private func following(
        _ channel: any Channel, into target: Store, clock: ManualClock, standing: FollowerStanding = FollowerStanding(),
        log: LogCapture = LogCapture(), apply: FeedFollower.Apply? = nil, _ body: (Counter) async throws -> Void
    ) async throws {
        let applied = MetricsRegistry().counter("applied_total", "Applied.").only
        let follower = FeedFollower(
            source: "partnership", channel: channel, store: target, clock: clock, jitter: { 1 }, logger: log.logger(),
            standing: standing, applied: applied,
            apply: apply ?? { event, writer in try writer.execute("INSERT INTO seen VALUES (\(event.id), 1)") })
        let group = ServiceGroup(services: [follower], logger: LogCapture().logger())
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            try await body(applied)
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    private func seen(_ store: Store) async throws -> [String] {
        try await store.read { reader in try reader.rows("SELECT id FROM seen ORDER BY id").map { try $0.text(0) } }
    }

    @Test("each event is applied once, also by a follower that begins anew")
    func exactlyOnce() async throws {
        try await withTemporaryDirectory { folder in
            let (source, target) = (try store("partnership", folder), try store("enrolment", folder))
            try await append(source, "e1")
            try await following(channel(source), into: target, clock: ManualClock()) { applied in
                try await append(source, "e2")
                try await poll(until: "two events") { applied.value == 2 }
            }
            try await append(source, "e3")
            try await following(channel(source), into: target, clock: ManualClock()) { applied in
                try await poll(until: "the third") { applied.value == 1 }
            }
            #expect(try await seen(target) == ["e1", "e2", "e3"])
        }
    }

    @Test("an effect that fails leaves the position where it was, and is tried again after a longer and longer wait")
    func retries() async throws {
        try await withTemporaryDirectory { folder in
            let (source, target) = (try store("partnership", folder), try store("enrolment", folder))
            try await append(source, "e1")
            let clock = ManualClock()
            let failures = Mutex(2)
            try await following(
                channel(source), into: target, clock: clock,
                apply: { event, writer in
                    try writer.execute("INSERT INTO seen VALUES (\(event.id), 1)")
                    let fails = failures.withLock { left in
                        defer { left -= 1 }
                        return left > 0
                    }
                    if fails { throw StoreError(.busy, "not now") }
                },
                { applied in
                    for wait in [Duration.milliseconds(100), .milliseconds(160)] {
                        await clock.sleepers(1)
                        #expect(clock.pendingSleeps == [wait])
                        #expect(try await seen(target).isEmpty)
                        clock.advance(by: wait)
                    }
                    try await poll(until: "the event") { applied.value == 1 }
                })
            #expect(try await seen(target) == ["e1"])
        }
    }

    @Test("a feed that does not know the position stops the following, and says so")
    func needsPerson() async throws {
        try await withTemporaryDirectory { folder in
            let (source, target) = (try store("partnership", folder), try store("enrolment", folder))
            try await target.write { writer in
                try writer.setFollowerPosition("partnership", to: "another-1-00000000", from: nil)
            }
            let standing = FollowerStanding()
            let log = LogCapture()
            try await following(
                channel(source), into: target, clock: ManualClock(), standing: standing, log: log
            ) { _ in
                try await poll(until: "the stop") { standing.problem != nil }
            }
            #expect(log.lines.contains { $0.level == .error && $0.message == "following stopped" })
        }
    }
}
