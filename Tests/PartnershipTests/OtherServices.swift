import Contracts
import Foundation
import Logging
import RPC
import RPCInProcess
import ServiceKit
import ServiceLifecycle
import Storage
import TestSupport
import Values
import Wire
@testable import PartnershipService

/// Enrolment's and TrainingEvents' records, as far as Partnership counts them, and what their feeds would say.
/// The counts are made by looking at every record anew: nothing here is added up on the way.
struct OtherServices {
    struct Candidate {
        var urn: Int64?
        var version: Int64 = 1
    }

    struct Application {
        var candidate: String
        var urn: Int64?
        var partner: String?
        var approval = EnrolmentV1.ApprovalStatus.pending
        var training = EnrolmentV1.TrainingStatus.unspecified
        var version: Int64 = 1

        var isParticipant: Bool { approval == .accepted && training != .withdrawn }
    }

    struct Booking {
        var urn: Int64?
        var status = TrainingEventsV1.BookingStatus.booked
        var version: Int64 = 1
    }

    struct Event {
        var urn: Int64?
        var partner: String?
        var status = TrainingEventsV1.EventStatus.scheduled
        var version: Int64 = 1
    }

    var candidates: [String: Candidate] = [:]
    var applications: [String: Application] = [:]
    var bookings: [String: Booking] = [:]
    var events: [String: Event] = [:]
    private var identifiers = CountedIdentifiers()

    mutating func newID() -> String { identifiers.next().text }

    // MARK: Recount

    func counts(at urn: Int64, named name: String) -> PartnershipV1.PartnerCounts.School {
        let applied = Set(applications.values.map(\.candidate))
        return .init(
            schoolUrn: urn, schoolName: name,
            candidates: Int64(candidates.filter { $0.value.urn == urn && applied.contains($0.key) }.count),
            participants: Int64(applications.values.filter { $0.urn == urn && $0.isParticipant }.count),
            places: Int64(bookings.values.filter { $0.urn == urn && $0.status == .booked }.count),
            events: Int64(events.values.filter { $0.urn == urn && $0.status != .cancelled }.count))
    }

    func counts(
        of partner: String, on day: CommonV1.Date, members: [PartnershipV1.PartnerCounts.School]
    ) -> PartnershipV1.PartnerCounts {
        let through = applications.values.filter { $0.partner == partner }
        return .init(
            partnerId: partner, asOf: day, schools: members, candidates: members.map(\.candidates).reduce(0, +),
            participants: members.map(\.participants).reduce(0, +), places: members.map(\.places).reduce(0, +),
            events: members.map(\.events).reduce(0, +), ownApplications: Int64(through.count),
            ownParticipants: Int64(through.filter(\.isParticipant).count),
            ownEvents: Int64(events.values.filter { $0.partner == partner && $0.status != .cancelled }.count))
    }

    // MARK: What the feeds say

    func told(candidate id: String) -> StoredEvent {
        let candidate = candidates[id] ?? Candidate()
        return Self.event(
            "candidate.edited", id, candidate.version,
            EnrolmentV1.CandidateChanged(candidateId: id, fullName: "Ada Example", schoolUrn: candidate.urn))
    }

    func told(application id: String) -> StoredEvent {
        let application = applications[id] ?? Application(candidate: "")
        return Self.event(
            "application.changed", id, application.version,
            EnrolmentV1.ApplicationChanged(
                application: .init(
                    id: id, candidateId: application.candidate, approvalStatus: application.approval,
                    trainingStatus: application.training, partnerId: application.partner, schoolUrn: application.urn,
                    version: application.version),
                candidateName: "Ada Example"))
    }

    func told(booking id: String) -> StoredEvent {
        let booking = bookings[id] ?? Booking()
        return Self.event(
            "booking.changed", id, booking.version,
            TrainingEventsV1.BookingChanged(
                booking: .init(id: id, status: booking.status, version: booking.version), schoolUrn: booking.urn))
    }

    func told(event id: String) -> StoredEvent {
        let event = events[id] ?? Event()
        return Self.event(
            "event.changed", id, event.version,
            TrainingEventsV1.EventChanged(event: .init(
                id: id, partnerId: event.partner, status: event.status, venue: .init(schoolUrn: event.urn),
                version: event.version)))
    }

    static func event(
        _ type: String, _ subject: String, _ version: Int64, _ payload: some Message
    ) -> StoredEvent {
        let bytes = payload.encoded()
        return StoredEvent(
            id: UUID().uuidString, type: type, subject: subject, subjectVersion: version, at: Harness.snapshot,
            actor: Actor(id: "anna", kind: "token"), payloadType: Swift.type(of: payload).messageName, payload: bytes)
    }
}

/// Another service's store, with nothing but its feed.
struct OtherFeed {
    let store: Store
    let source: String

    init(_ source: String) throws {
        self.source = source
        store = try Store(opening: TestStore.location(), service: source, migrations: [], at: Harness.snapshot,
                          log: LogCapture().logger())
    }

    func say(_ events: [StoredEvent]) async throws {
        try await store.write { writer in
            for event in events { try writer.appendEvent(event) }
        }
    }

    var channel: InProcessChannel {
        InProcessChannel(to: StandardServices.server(
            Router(), store: store, readiness: Readiness(), metrics: MetricsRegistry(), logger: LogCapture().logger()))
    }
}

extension Harness {
    /// Applies an event as its follower would.
    func hear(_ event: StoredEvent) async throws {
        let told = CommonV1.FeedEvent(
            id: event.id, type: event.type, subject: event.subject, subjectVersion: event.subjectVersion,
            payload: event.payload, payloadType: event.payloadType)
        let (enrolment, training) = (EnrolmentNews(store: partnership), TrainingNews(store: partnership))
        try await store.write { writer in
            try enrolment.apply(told, writer)
            try training.apply(told, writer)
        }
    }

    /// Follows both feeds while `body` runs.
    func following(_ enrolment: OtherFeed, _ training: OtherFeed, _ body: () async throws -> Void) async throws {
        let (enrolmentNews, trainingNews) = (EnrolmentNews(store: partnership), TrainingNews(store: partnership))
        let group = ServiceGroup(
            services: [
                follower(of: enrolment) { try enrolmentNews.apply($0, $1) },
                follower(of: training) { try trainingNews.apply($0, $1) },
            ], logger: LogCapture().logger())
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            try await body()
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    private func follower(of feed: OtherFeed, _ apply: @escaping FeedFollower.Apply) -> FeedFollower {
        FeedFollower(
            source: feed.source, channel: feed.channel, store: store, clock: ContinuousClock(), jitter: { 1 },
            logger: LogCapture().logger(), standing: FollowerStanding(),
            applied: MetricsRegistry().counter("applied_total", "Applied.").only, apply: apply)
    }

    /// Returns when everything that the feed holds now is applied.
    func caughtUp(with feed: OtherFeed) async throws {
        let end = try await feed.store.feedEnd().text
        try await poll(until: "the end of the feed of \(feed.source)") {
            try await store.read { [source = feed.source] in try $0.followerPosition(source) } == end
        }
    }
}
