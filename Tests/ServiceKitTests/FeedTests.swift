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
import Wire

@testable import ServiceKit

@Suite("Event feeds")
struct FeedTests {
    private static let now = Instant(microseconds: 1_700_000_000_000_000)

    private func store(_ name: String, _ folder: TemporaryDirectory) throws -> Store {
        try Store(
            opening: TestStore.location(path: folder.file("\(name).sqlite")), service: name,
            migrations: [
                Migration(name: "001_seen", sql: ["CREATE TABLE seen (id TEXT PRIMARY KEY, n INTEGER NOT NULL)"])
            ],
            at: Self.now, log: LogCapture().logger())
    }

    private func append(_ store: Store, _ id: String) async throws {
        try await store.write { writer in try Self.add(id, writer) }
    }

    private static func add(_ id: String, _ writer: any Writer) throws(StoreError) {
        try writer.appendEvent(
            StoredEvent(
                id: id, type: "partner.registered", subject: "p", subjectVersion: 1, at: now,
                actor: Actor(id: "a", kind: "token"), payloadType: "olp.partnership.v1.PartnerChanged", payload: [1]))
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

    @Test("two replicas on one store apply each event once, and when one dies the other goes on from where it was")
    func replicas() async throws {
        try await withTemporaryDirectory { folder in
            let (source, target) = (try store("partnership", folder), try store("enrolment", folder))
            for number in 1...3 { try await append(source, "e\(number)") }
            let applied = MetricsRegistry().counter("applied_total", "Applied.", labels: ["replica"])
            let keepers = ["a", "b"].map { name in
                ClaimKeeper(
                    target, process: name, isShared: true, clock: ManualClock(), logger: LogCapture().logger())
            }
            let replicas = keepers.enumerated().map { index, keeper in
                let follower = FeedFollower(
                    source: "partnership", channel: channel(source), store: target,
                    right: keeper.right(to: "feed-partnership"), clock: ManualClock(), jitter: { 1 },
                    logger: LogCapture().logger(), standing: FollowerStanding(),
                    applied: applied.with(["a", "b"][index])
                ) { event, writer in try writer.execute("INSERT INTO seen VALUES (\(event.id), 1)") }
                return Task { try await follower.run() }
            }
            try await keepers[0].look()
            try await keepers[1].look()
            try await poll(until: "three events") { applied.with("a").value == 3 }
            replicas[0].cancel()
            try await replicas[0].value
            for _ in 0..<ClaimKeeper.silentLooks { try await keepers[1].look() }
            try await append(source, "e4")
            try await poll(until: "the fourth") { applied.with("b").value == 1 }
            replicas[1].cancel()
            try await replicas[1].value
            #expect(try await seen(target) == ["e1", "e2", "e3", "e4"])
            #expect(applied.with("a").value == 3)
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

    @Test("what has arrived is applied together, in order, at most so much at once")
    func together() async throws {
        try await withTemporaryDirectory { folder in
            let (source, target) = (try store("partnership", folder), try store("enrolment", folder))
            let count = FeedFollower.batchLimit * 8
            try await source.write { writer in
                for number in 0..<count { try Self.add("e\(number)", writer) }
            }
            // The position that is kept while an event is applied: the same for all of one transaction.
            let seen = Mutex<[(id: String, after: String)]>([])
            try await following(
                channel(source), into: target, clock: ManualClock(),
                apply: { event, writer in
                    let after = try writer.followerPosition("partnership") ?? ""
                    seen.withLock { $0.append((event.id, after)) }
                },
                { applied in try await poll(until: "all of them") { applied.value == UInt64(count) } })
            let all = seen.withLock { $0 }
            #expect(all.map(\.id) == (0..<count).map { "e\($0)" })
            let sizes = Dictionary(grouping: all, by: \.after).mapValues(\.count)
            #expect(sizes.values.allSatisfy { $0 <= FeedFollower.batchLimit })
            #expect(sizes.count < count / 2)
            #expect(try await target.read { try $0.followerPosition("partnership") } == source.feedEnd().text)
        }
    }

    @Test("an event that cannot be applied does not hold up those before it, is named, and goes on being tried")
    func stuck() async throws {
        try await withTemporaryDirectory { folder in
            let (source, target) = (try store("partnership", folder), try store("enrolment", folder))
            try await source.write { writer in
                for number in 1...9 { try Self.add("e\(number)", writer) }
            }
            let positions = try await source.events(after: nil, limit: 10).map(\.position.text)
            let (clock, standing, log) = (ManualClock(), FollowerStanding(), LogCapture())
            let isRepaired = Mutex(false)
            try await following(
                channel(source), into: target, clock: clock, standing: standing, log: log,
                apply: { event, writer in
                    try writer.execute("INSERT INTO seen VALUES (\(event.id), 1)")
                    if event.id == "e6", !isRepaired.withLock({ $0 }) {
                        _ = try CommonV1.Date(decoding: [0xFF])
                    }
                },
                { applied in
                    for attempt in 1...FollowerStanding.attemptsUntilTold + 2 {
                        await clock.sleepers(1)
                        #expect((standing.problem == nil) == (attempt < FollowerStanding.attemptsUntilTold))
                        #expect(try await seen(target) == ["e1", "e2", "e3", "e4", "e5"])
                        if attempt == FollowerStanding.attemptsUntilTold + 2 { isRepaired.withLock { $0 = true } }
                        clock.advance(by: FeedFollower.longestWait)
                    }
                    try await poll(until: "the rest") { applied.value == 9 }
                    #expect(standing.problem == nil)
                })
            #expect(try await seen(target) == (1...9).map { "e\($0)" })
            let told = log.lines.filter { $0.message == "following was interrupted" }
            #expect(told.count == FollowerStanding.attemptsUntilTold + 2)
            #expect(told.allSatisfy { $0.level == .warning && $0.metadata["feed.position"] == positions[5] })
            #expect(told.last?.metadata["feed.event_type"] == "partner.registered")
        }
    }

    @Test("what /readyz says of an event that cannot be applied")
    func standing() {
        let standing = FollowerStanding()
        let (first, second) = (
            CommonV1.FeedEvent(position: "f-7-00", type: "booking.made"), CommonV1.FeedEvent(position: "f-8-00")
        )
        for _ in 1..<FollowerStanding.attemptsUntilTold { standing.failed(first, of: "enrolment") }
        standing.failed(second, of: "enrolment")
        #expect(standing.problem == nil)
        for _ in 1...FollowerStanding.attemptsUntilTold { standing.failed(first, of: "enrolment") }
        #expect(standing.problem?.contains("booking.made at f-7-00 of the feed of enrolment") == true)
        standing.applied()
        #expect(standing.problem == nil)
    }

    @Test("trouble of the store is not blamed on the event")
    func troubleOfTheStore() async throws {
        try await withTemporaryDirectory { folder in
            let (source, target) = (try store("partnership", folder), try store("enrolment", folder))
            try await append(source, "e1")
            let (clock, standing) = (ManualClock(), FollowerStanding())
            try await following(
                channel(source), into: target, clock: clock, standing: standing,
                apply: { _, _ in throw StoreError(.busy, "not now") },
                { _ in
                    for _ in 0...FollowerStanding.attemptsUntilTold {
                        await clock.sleepers(1)
                        #expect(standing.problem == nil)
                        clock.advance(by: FeedFollower.longestWait)
                    }
                })
        }
    }

    @Test("what came before the stream broke is applied")
    func brokenStream() async throws {
        try await withTemporaryDirectory { folder in
            let (source, target) = (try store("partnership", folder), try store("enrolment", folder))
            for number in 1...3 { try await append(source, "e\(number)") }
            var router = Router()
            BreakingFeed(records: try await source.events(after: nil, limit: 3)).register(with: &router)
            try await following(
                InProcessChannel(to: RPCServer(router: router)), into: target, clock: ManualClock()
            ) { applied in
                try await poll(until: "three events") { applied.value == 3 }
            }
            #expect(try await seen(target) == ["e1", "e2", "e3"])
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

/// A feed that breaks off after its events.
private struct BreakingFeed: FeedHandlers {
    let records: [FeedRecord]

    func follow(
        _ request: CommonV1.FollowRequest, to writer: ResponseWriter<CommonV1.FeedEvent>, context: ServerContext
    ) async throws {
        guard request.after.isEmpty else { throw RPCError(.internal, "broken") }
        for record in records { try await writer.write(CommonV1.FeedEvent(record)) }
        throw RPCError(.internal, "broken")
    }

    func getFeedPosition(
        _ request: CommonV1.GetFeedPositionRequest, context: ServerContext
    ) async throws -> CommonV1.FeedEnd { .init() }

    func listFollowed(
        _ request: CommonV1.ListFollowedRequest, context: ServerContext
    ) async throws -> CommonV1.ListFollowedReply { .init() }
}
