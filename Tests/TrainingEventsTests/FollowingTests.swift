import Contracts
import Logging
import RPC
import RPCInProcess
import ServiceKit
import ServiceLifecycle
import Storage
import Testing
import TestSupport
import Values
import Wire
@testable import TrainingEventsService

@Suite("Following Enrolment")
struct FollowingTests {
    private static let id = "0190163d-8694-739b-aea5-966c26f8ad91"

    private static func application(
        _ training: EnrolmentV1.TrainingStatus, version: Int64,
        approval: EnrolmentV1.ApprovalStatus = .accepted
    ) -> EnrolmentV1.Application {
        .init(id: id, candidateId: Harness.candidate(id), programme: Harness.programme, cohortId: "2017-autumn",
              approvalStatus: approval, trainingStatus: training, schoolUrn: 137_773, version: version)
    }

    /// Enrolment's store, with a feed of its own.
    private func enrolment(_ folder: TemporaryDirectory) throws -> Store {
        try Store(opening: TestStore.location(path: folder.file("enrolment.sqlite")), service: "enrolment", migrations: [],
                  at: Harness.start, log: LogCapture().logger())
    }

    private func say(_ type: String, _ application: EnrolmentV1.Application, in store: Store) async throws {
        let payload = EnrolmentV1.ApplicationChanged(application: application, candidateName: "Ada Example")
        try await store.write { writer in
            _ = try writer.appendEvent(StoredEvent(
                id: "e-\(application.version)", type: type, subject: application.id,
                subjectVersion: application.version, at: Harness.start, actor: Actor(id: "anna", kind: "token"),
                payloadType: EnrolmentV1.ApplicationChanged.messageName, payload: payload.encoded()))
        }
    }

    /// Follows until as many events were applied.
    private func follow(_ source: Store, into harness: Harness, _ count: UInt64) async throws {
        let applied = MetricsRegistry().counter("applied_total", "Applied.").only
        let channel = InProcessChannel(to: StandardServices.server(
            Router(), store: source, readiness: Readiness(), metrics: MetricsRegistry(), logger: LogCapture().logger()))
        let news = harness.news
        let follower = FeedFollower(
            source: ApplicationNews.source, channel: channel, store: harness.store, clock: ContinuousClock(),
            jitter: { 1 }, logger: LogCapture().logger(), standing: FollowerStanding(), applied: applied
        ) { event, writer in try news.apply(event, writer) }
        let group = ServiceGroup(services: [follower], logger: LogCapture().logger())
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            try await poll(until: "\(count) events") { applied.value == count }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    @Test("acceptance lets somebody book, deferral keeps the place, withdrawal releases it, over a restart")
    func life() async throws {
        try await withTemporaryDirectory { folder in
            let source = try enrolment(folder)
            let path = folder.file("events.sqlite")
            var harness = try Harness(path: path)
            let event = try await harness.schedule(capacity: 1)
            let later = try await harness.schedule(capacity: 1)
            let submitted = Self.application(.unspecified, version: 1, approval: .pending)
            try await say("application.submitted", submitted, in: source)
            try await follow(source, into: harness, 1)
            let early = await statusOf { [harness] in _ = try await harness.book(Self.id, at: event) }
            #expect(early?.reason == "NOT_A_PARTICIPANT")
            try await say("application.accepted", Self.application(.active, version: 2), in: source)
            try await follow(source, into: harness, 1)
            let booking = try await harness.book(Self.id, at: event)
            let other = try await harness.enrol(1)[0]
            let waiting = try await harness.wait(other, at: event)

            harness.store.close()
            harness = try Harness(path: path)
            try await say("application.deferred", Self.application(.deferred, version: 3), in: source)
            try await follow(source, into: harness, 1)
            #expect(try await harness.bookings.getBooking(.init(id: booking.id)).status == .booked)
            let deferred = await statusOf { [harness] in _ = try await harness.book(Self.id, at: later) }
            #expect(deferred?.reason == "NOT_ACTIVE")
            try await say("application.resumed", Self.application(.active, version: 4), in: source)
            try await say("application.withdrawn", Self.application(.withdrawn, version: 5), in: source)
            try await follow(source, into: harness, 2)
            let released = try await harness.bookings.getBooking(.init(id: booking.id))
            #expect(released.status == .released && released.statusReason == Booking.participantWithdrawn)
            #expect(try await harness.entry(waiting.id).status == .offered)
            let records = try await harness.store.read { try $0.history(entity: "booking", id: booking.id, limit: 5) }
            #expect(records.first?.actor.id == "anna" && records.first?.requestID == "e-5")
            let feed = try await harness.store.events(after: nil, limit: 1000)
            let told = feed.last { $0.event.type == "booking.released" }
            let payload = try TrainingEventsV1.BookingChanged(decoding: try #require(told).event.payload)
            #expect(payload.schoolUrn == 137_773)
            #expect(try await harness.faults().isEmpty)
            harness.store.close()
            source.close()
        }
    }

    private func apply(
        _ training: EnrolmentV1.TrainingStatus, _ version: Int64, approval: EnrolmentV1.ApprovalStatus = .accepted,
        to harness: Harness
    ) async throws {
        let application = Self.application(training, version: version, approval: approval)
        let told = CommonV1.FeedEvent(
            id: "e", type: "application.changed",
            payload: EnrolmentV1.ApplicationChanged(application: application).encoded(),
            payloadType: EnrolmentV1.ApplicationChanged.messageName)
        try await harness.store.write { [news = harness.news] writer in try news.apply(told, writer) }
    }

    @Test("an acceptance that is taken back by a rejection releases the places; a rejection alone makes nobody anything")
    func rejected() async throws {
        let harness = try Harness()
        let event = try await harness.schedule(capacity: 1)
        try await apply(.unspecified, 1, approval: .pending, to: harness)
        try await apply(.unspecified, 2, approval: .rejected, to: harness)
        #expect(try await harness.bookings.listParticipants(.init()).participants.isEmpty)
        try await apply(.active, 3, to: harness)
        let booking = try await harness.book(Self.id, at: event)
        try await apply(.unspecified, 4, approval: .rejected, to: harness)
        #expect(try await harness.bookings.getBooking(.init(id: booking.id)).status == .released)
        #expect(try await harness.bookings.listParticipants(.init()).participants.map(\.state) == [.withdrawn])
        #expect(await statusOf { _ = try await harness.book(Self.id, at: event) }?.reason == "NOT_ACTIVE")
        #expect(try await harness.faults().isEmpty)
    }

    @Test("news delivered twice, or late, changes nothing")
    func duplicates() async throws {
        let harness = try Harness()
        let event = try await harness.schedule(capacity: 1)
        func apply(_ training: EnrolmentV1.TrainingStatus, _ version: Int64) async throws {
            try await self.apply(training, version, to: harness)
        }
        try await apply(.active, 2)
        try await apply(.active, 2)
        let booking = try await harness.book(Self.id, at: event)
        try await apply(.withdrawn, 3)
        try await apply(.withdrawn, 3)
        try await apply(.active, 2)
        #expect(try await harness.bookings.getBooking(.init(id: booking.id)).version == 2)
        #expect(try await harness.feed().filter { $0 == "booking.released" }.count == 1)
        #expect(await statusOf { _ = try await harness.book(Self.id, at: event) }?.reason == "NOT_ACTIVE")
    }

    @Test("a withdrawal leaves places that were used, and closes what waits")
    func used() async throws {
        let harness = try Harness()
        let event = try await harness.schedule(capacity: 1)
        let full = try await harness.schedule(capacity: 1, in: .seconds(40 * 86_400))
        let people = try await harness.enrol(2)
        let booking = try await harness.book(people[0], at: event)
        _ = try await harness.book(people[1], at: full)
        let entry = try await harness.wait(people[0], at: full)
        harness.wallClock.advance(by: .seconds(30 * 86_400))
        try await harness.tell(people[0], .withdrawn, version: 2)
        #expect(try await harness.bookings.getBooking(.init(id: booking.id)).status == .booked)
        #expect(try await harness.entry(entry.id).status == .withdrawn)
        #expect(try await harness.faults().isEmpty)
    }

    @Test("somebody who resumes is offered the place that came free meanwhile")
    func resumed() async throws {
        let harness = try Harness()
        let event = try await harness.schedule(capacity: 1)
        let people = try await harness.enrol(2)
        let booking = try await harness.book(people[0], at: event)
        let entry = try await harness.wait(people[1], at: event)
        try await harness.tell(people[1], .deferred, version: 2)
        _ = try await harness.bookings.cancelBooking(.init(id: booking.id))
        #expect(try await harness.event(event.id).places?.free == 1)
        try await harness.tell(people[1], .active, version: 3)
        #expect(try await harness.entry(entry.id).status == .offered)
    }
}
