import Contracts
import Logging
import RPC
import RPCInProcess
import ServiceKit
import Storage
import Testing
import TestSupport
import Values
import Wire
@testable import TrainingEventsService

/// The service without its process: a store of its own, a clock that stands still, and the same parts
/// that the assembly joins.
final class Harness: Sendable {
    /// 2 October 2017, noon in London.
    static let start = Instant(microseconds: 1_506_942_000_000_000)
    static let programme = "npq-senior-leadership"

    let store: Store
    let events: TrainingEventsStore
    let wallClock: FixedWallClock
    let channel: InProcessChannel
    let news: ApplicationNews
    private let applicationIDs = CountedIdentifiers(milliseconds: 1_500_000_000_000)

    /// - Parameter path: file of the store; nil: a temporary one.
    init(path: String? = nil, at start: Instant = Harness.start, terms: OfferTerms = OfferTerms()) throws {
        let location = try TestStore.location(path: path)
        store = try Store(opening: location, service: "training-events", migrations: Migrations.all, at: start,
                          log: LogCapture().logger())
        wallClock = FixedWallClock(start)
        events = TrainingEventsStore(
            store: store, identifiers: SystemIdentifiers(), payloads: ContractPayloads(), terms: terms)
        news = ApplicationNews(store: events, wallClock: wallClock)
        var router = Router()
        EventsService(store: events, wallClock: wallClock).register(with: &router)
        BookingsService(store: events, wallClock: wallClock).register(with: &router)
        channel = InProcessChannel(to: RPCServer(router: router, interceptors: [StoreErrors()]))
    }

    var eventsClient: EventsClient { EventsClient(channel) }
    var bookings: BookingsClient { BookingsClient(channel) }
    var now: Instant { wallClock.now() }

    func sweep() async throws {
        try await OfferSweep(store: events, wallClock: wallClock, clock: ContinuousClock(),
                             logger: LogCapture().logger()).sweep()
    }

    /// An event of parts of six hours on days that follow each other.
    func schedule(
        capacity: Int, in time: Duration = .seconds(30 * 86_400), parts: Int = 1, title: String = "Leading change",
        programme: String = Harness.programme, reserved: Int = 0, blocked: Int = 0, cohort: String = "2017-autumn"
    ) async throws -> TrainingEventsV1.Event {
        try await eventsClient.scheduleEvent(.init(
            title: title, programme: programme, module: "m1", cohortId: cohort, venue: .init(name: "Oak School"),
            parts: Self.parts(from: now + time, count: parts), capacity: Int32(capacity), minimum: 1,
            reserved: Int32(reserved), blocked: Int32(blocked)))
    }

    static func parts(from first: Instant, count: Int) -> [TrainingEventsV1.EventPart] {
        (0..<count).map { day in
            let starts = first + .seconds(day * 86_400)
            return .init(title: "Day \(day + 1)", startsAt: .init(starts), endsAt: .init(starts + .seconds(6 * 3600)))
        }
    }

    /// An edit that changes nothing but the capacity.
    static func resize(_ event: TrainingEventsV1.Event, to capacity: Int) -> TrainingEventsV1.UpdateEventRequest {
        .init(id: event.id, title: event.title, venue: event.venue, parts: event.parts, capacity: Int32(capacity),
              minimum: 0, reserved: event.reserved, blocked: event.blocked)
    }

    /// Accepted applications; their ids.
    func enrol(_ count: Int, programme: String = Harness.programme) async throws -> [String] {
        let ids = (0..<count).map { _ in applicationIDs.next().text }
        for id in ids { try await tell(id, .active, version: 1, programme: programme) }
        return ids
    }

    func tell(_ application: String, _ state: ParticipantState, version: Int64,
              programme: String = Harness.programme) async throws {
        let participant = Participant(
            applicationID: application, candidateID: Self.candidate(application), programme: programme,
            cohortID: "2017-autumn", state: state, version: version)
        let mutation = Mutation(principal: "test", method: "test", key: nil, requestDigest: [],
                                actor: Actor(id: "enrolment", kind: "service"), at: now)
        try await store.write { [events] writer in try events.apply(participant, mutation, writer) }
    }

    static func candidate(_ application: String) -> String { "candidate-of-\(application)" }

    func book(_ application: String, at event: TrainingEventsV1.Event) async throws -> TrainingEventsV1.Booking {
        let reply = try await bookings.bookPlace(.init(eventId: event.id, applicationId: application))
        guard case .booking(let booking) = reply.result else { throw Unexpected(reply) }
        return booking
    }

    func wait(_ application: String, at event: TrainingEventsV1.Event, withoutAsking: Bool = false,
              priority: TrainingEventsV1.WaitingPriority = .unspecified) async throws -> TrainingEventsV1.WaitingEntry {
        let reply = try await bookings.bookPlace(.init(
            eventId: event.id, applicationId: application, orWait: true, bookWithoutAsking: withoutAsking,
            priority: priority, reason: "said so on the telephone"))
        guard case .waiting(let entry) = reply.result else { throw Unexpected(reply) }
        return entry
    }

    func entry(_ id: String) async throws -> WaitingEntry {
        let key = try #require(UUIDv7(id))
        return try #require(try await store.read { try WaitingTable.find(key, $0) })
    }

    func event(_ id: String) async throws -> TrainingEventsV1.Event {
        try await eventsClient.getEvent(.init(id: id))
    }

    func decisions(_ event: String) async throws -> [TrainingEventsV1.PromotionDecision] {
        try await bookings.listPromotionDecisions(.init(eventId: event, pageSize: 100)).decisions
    }

    func feed() async throws -> [String] {
        try await store.events(after: nil, limit: 100_000).map(\.event.type)
    }

    /// What is wrong with the stored places, by counting rows: nothing, if the service keeps its promises.
    func faults() async throws -> [String] {
        try await store.read { reader in
            var faults: [String] = []
            for row in try reader.rows("SELECT id FROM events ORDER BY id") {
                let id = try row.identifier(0)
                guard let event = try EventTable.find(id, reader) else { continue }
                func count(_ question: SQL) throws -> Int { try reader.row(question)?.number(0) ?? -1 }
                let booked = try count("SELECT COUNT(*) FROM bookings WHERE event_id = \(id) AND status = 1")
                let offered = try count("SELECT COUNT(*) FROM waiting_entries WHERE event_id = \(id) AND status = 2")
                let waiting = try count("SELECT COUNT(*) FROM waiting_entries WHERE event_id = \(id) AND status = 1")
                if (booked, offered, waiting) != (event.booked, event.offered, event.waiting) {
                    faults.append("\(id): counts \(event.booked) \(event.offered) \(event.waiting), "
                        + "rows \(booked) \(offered) \(waiting)")
                }
                if booked + offered + event.plan.reserved + event.plan.blocked > event.plan.capacity {
                    faults.append("\(id) is oversold")
                }
            }
            return faults
        }
    }
}

struct Unexpected: Error, CustomStringConvertible {
    let description: String
    init(_ value: Any) { description = "unexpected: \(value)" }
}

extension RPCError {
    /// The reason for programs.
    var reason: String {
        StatusDetails.first(GoogleRPC.ErrorInfo.self, in: self)?.reason ?? "\(code)"
    }
}
