import Contracts
import RPC
import ServiceKit
import Storage
import TestSupport
import Testing
@testable import TrainingEventsService
import Values

@Suite("Lists of events and places")
struct ListTests {
    private func pages(_ harness: Harness, _ request: TrainingEventsV1.ListEventsRequest) async throws -> [String] {
        var request = request
        var titles: [String] = []
        repeat {
            let reply = try await harness.eventsClient.listEvents(request)
            #expect(reply.events.count <= max(1, Int(request.pageSize)) || request.pageSize == 0)
            titles += reply.events.map(\.title)
            request.pageToken = reply.nextPageToken
        } while !request.pageToken.isEmpty
        return titles
    }

    @Test("events come page by page in each order, and by each filter")
    func events() async throws {
        let harness = try Harness()
        let plans = [("Delta way", 9, "a"), ("alpha day", 12, "a"), ("Charlie", 10, "b"), ("bravo day", 11, "b")]
        for (title, days, cohort) in plans {
            _ = try await harness.schedule(capacity: 1, in: .seconds(days * 86_400), title: title, cohort: cohort)
        }
        #expect(try await pages(harness, .init(pageSize: 1)) == ["Delta way", "Charlie", "bravo day", "alpha day"])
        #expect(try await pages(harness, .init(order: .title, pageSize: 3))
            == ["alpha day", "bravo day", "Charlie", "Delta way"])
        #expect(try await pages(harness, .init(order: .newest, pageSize: 2))
            == ["bravo day", "Charlie", "alpha day", "Delta way"])
        #expect(try await pages(harness, .init(query: "DAY al")) == ["alpha day"])
        #expect(try await pages(harness, .init(cohortId: ["b"], order: .title)) == ["bravo day", "Charlie"])
        #expect(try await pages(harness, .init(startsFrom: .init(harness.now + .seconds(10 * 86_400)),
                                               startsBefore: .init(harness.now + .seconds(12 * 86_400))))
            == ["Charlie", "bravo day"])
        let full = try await harness.eventsClient.listEvents(.init(query: "charlie")).events[0]
        _ = try await harness.book(try await harness.enrol(1)[0], at: full)
        #expect(try await pages(harness, .init(withFreePlaces: true)) == ["Delta way", "bravo day", "alpha day"])
        let token = try await harness.eventsClient.listEvents(.init(pageSize: 1)).nextPageToken
        let wrong = await statusOf {
            _ = try await harness.eventsClient.listEvents(.init(cohortId: ["b"], pageToken: token))
        }
        #expect(wrong?.code == .invalidArgument)
    }

    @Test("bookings come newest first, page by page, by event, candidate and status")
    func bookings() async throws {
        let harness = try Harness()
        let (one, two) = (try await harness.schedule(capacity: 9), try await harness.schedule(capacity: 9))
        let people = try await harness.enrol(5)
        var ids: [String] = []
        for person in people { ids.append(try await harness.book(person, at: one).id) }
        _ = try await harness.book(people[0], at: two)
        _ = try await harness.bookings.cancelBooking(.init(id: ids[1]))
        var found: [String] = []
        var request = TrainingEventsV1.ListBookingsRequest(eventId: [one.id], status: [.booked], pageSize: 2)
        repeat {
            let reply = try await harness.bookings.listBookings(request)
            found += reply.bookings.map(\.id)
            request.pageToken = reply.nextPageToken
        } while !request.pageToken.isEmpty
        #expect(found == [ids[4], ids[3], ids[2], ids[0]])
        let mine = try await harness.bookings.listBookings(.init(candidateId: [Harness.candidate(people[0])])).bookings
        #expect(mine.map(\.eventId) == [two.id, one.id])
        let badSize = await statusOf { _ = try await harness.bookings.listBookings(.init(pageSize: 101)) }
        #expect(badSize?.code == .invalidArgument)
    }

    @Test("a batch of events comes in the order asked for, without those that do not exist")
    func batch() async throws {
        let harness = try Harness()
        var events: [TrainingEventsV1.Event] = []
        for parts in 1...3 { events.append(try await harness.schedule(capacity: 5, parts: parts)) }
        let unknown = SystemIdentifiers().next().text
        let ids = [events[2].id, "no id", unknown, events[0].id, events[2].id]
        #expect(try await harness.eventsClient.batchGetEvents(.init(ids: ids)).events
            == [events[2], events[0], events[2]])
        #expect(try await harness.eventsClient.batchGetEvents(.init()).events.isEmpty)
        let most = Array(repeating: events[1].id, count: 200)
        #expect(try await harness.eventsClient.batchGetEvents(.init(ids: most)).events.count == 200)
        let tooMany = await statusOf {
            _ = try await harness.eventsClient.batchGetEvents(.init(ids: most + [unknown]))
        }
        #expect(tooMany?.code == .invalidArgument)
    }

    @Test("events of a cohort are counted by programme and status, with their places")
    func counts() async throws {
        let harness = try Harness()
        let other = "npq-leading-teaching"
        let full = try await harness.schedule(capacity: 1)
        _ = try await harness.schedule(capacity: 4)
        let cancelled = try await harness.schedule(capacity: 8)
        _ = try await harness.schedule(capacity: 16, programme: other)
        _ = try await harness.schedule(capacity: 32, cohort: "2018-spring")
        let people = try await harness.enrol(3)
        _ = try await harness.book(people[0], at: full)
        for person in people.dropFirst() { _ = try await harness.wait(person, at: full) }
        _ = try await harness.eventsClient.cancelEvent(.init(id: cancelled.id, reason: "no trainer"))
        let counts = try await harness.eventsClient.countEvents(.init(cohortId: "2017-autumn")).counts
        #expect(counts == [
            .init(programme: other, status: .scheduled, events: 1, capacity: 16),
            .init(programme: Harness.programme, status: .scheduled, events: 2, capacity: 5, booked: 1, waiting: 2),
            .init(programme: Harness.programme, status: .cancelled, events: 1, capacity: 8),
        ])
        #expect(try await harness.eventsClient.countEvents(.init(cohortId: "2016")).counts.isEmpty)
        #expect(await statusOf { _ = try await harness.eventsClient.countEvents(.init()) }?.code == .invalidArgument)
    }

    @Test("participants come by application, page by page, by each filter and several together")
    func participants() async throws {
        let harness = try Harness()
        let other = "npq-leading-teaching"
        let people = try await harness.enrol(4)
        let others = try await harness.enrol(3, programme: other)
        try await harness.tell(people[1], .deferred, version: 2)
        try await harness.tell(others[2], .withdrawn, version: 2, programme: other)
        func list(_ request: TrainingEventsV1.ListParticipantsRequest) async throws -> [String] {
            var request = request
            request.pageSize = 2
            var found: [TrainingEventsV1.Participant] = []
            repeat {
                let reply = try await harness.bookings.listParticipants(request)
                #expect(reply.participants.count <= 2)
                found += reply.participants
                request.pageToken = reply.nextPageToken
            } while !request.pageToken.isEmpty
            #expect(found.allSatisfy { $0.candidateId == Harness.candidate($0.applicationId) })
            return found.map(\.applicationId)
        }
        let everybody = (people + others).sorted()
        #expect(try await list(.init()) == everybody)
        #expect(try await list(.init(cohortId: ["2017-autumn"])) == everybody)
        #expect(try await list(.init(cohortId: ["2018-spring"])).isEmpty)
        #expect(try await list(.init(programme: [other])) == others)
        #expect(try await list(.init(applicationId: [others[0], people[3]])) == [people[3], others[0]].sorted())
        #expect(try await list(.init(candidateId: [Harness.candidate(people[2])])) == [people[2]])
        #expect(try await list(.init(state: [.deferred, .withdrawn])) == [people[1], others[2]].sorted())
        #expect(try await list(.init(programme: [other], state: [.active, .deferred])) == [others[0], others[1]])
        #expect(try await list(.init(programme: [other], cohortId: ["2017-autumn"], state: [.withdrawn])) == [others[2]])
        let unknown = await statusOf {
            _ = try await harness.bookings.listParticipants(.init(state: [.init(rawValue: 9)]))
        }
        #expect(unknown?.code == .invalidArgument)
    }

    /// What a list costs must not grow with the table.
    @Test("lists walk an index and sort nothing", onSQLite, arguments: [
        // What changes of places look for must not be looked for among all that have a status.
        ("SELECT * FROM bookings WHERE event_id = 'a' AND status = 1 ORDER BY id", "bookings_by_event"),
        ("SELECT event_id FROM bookings WHERE application_id = 'a' AND status = 1", "bookings_by_application"),
        ("SELECT 1 FROM bookings b JOIN events e ON e.id = b.event_id WHERE b.candidate_id = 'a' AND b.status = 4 "
            + "AND e.programme = 'p'", "bookings_by_candidate"),
        ("SELECT DISTINCT event_id FROM waiting_entries WHERE status = 2 AND offer_expires_at <= 5 LIMIT 200",
         "waiting_entries_open_offers"),
        ("SELECT id FROM events WHERE status = 1 AND ends_at <= 5 LIMIT 200", "events_scheduled"),
        ("SELECT * FROM events WHERE (starts_at, id) > (5, 'a') ORDER BY starts_at, id LIMIT 21", "events_by_start"),
        ("SELECT * FROM promotion_decisions WHERE event_id = 'a' AND id < 'z' ORDER BY id DESC LIMIT 51",
         "promotion_decisions_by_event"),
        ("SELECT * FROM participants WHERE candidate_id IN ('a') ORDER BY application_id LIMIT 51",
         "participants_by_candidate"),
        ("SELECT * FROM participants WHERE cohort_id IN ('a') AND (programme || '') IN ('b') AND state IN (1) AND "
            + "application_id > 'z' ORDER BY application_id LIMIT 51", "participants_by_cohort"),
        ("SELECT * FROM participants WHERE programme IN ('b') AND state IN (3) AND state > 1 ORDER BY application_id "
            + "LIMIT 51", "participants_by_programme"),
        ("SELECT * FROM participants WHERE state IN (2, 3) AND state > 1 ORDER BY application_id LIMIT 51",
         "participants_held_back"),
        ("SELECT * FROM attendance WHERE (event_id, number) < ('z', 3) ORDER BY event_id DESC, number DESC LIMIT 51",
         "attendance_in_order"),
        ("SELECT * FROM attendance WHERE event_id IN ('a') ORDER BY event_id DESC, number DESC LIMIT 51",
         "attendance_in_order"),
    ])
    func plans(question: String, index: String) async throws {
        try await check(SQL(raw: question), uses: index)
    }

    @Test("lists of bookings walk an index and sort nothing", onSQLite, arguments: [
        (BookingFilter(events: ["a"]), "bookings_by_event"),
        (BookingFilter(events: ["a"], statuses: [.booked]), "bookings_by_event"),
        (BookingFilter(events: ["a"], statuses: [.moved]), "bookings_by_event"),
        (BookingFilter(candidates: ["a"], statuses: [.released]), "bookings_by_candidate"),
        (BookingFilter(applications: ["a"]), "bookings_by_application"),
        (BookingFilter(statuses: [.cancelled]), "bookings_ended"),
        (BookingFilter(statuses: [.booked]), "sqlite_autoindex_bookings_1"),
        (BookingFilter(), "sqlite_autoindex_bookings_1"),
    ])
    func bookingPlans(filter: BookingFilter, index: String) async throws {
        for after in [nil, [SQLValue.text("z")]] {
            try await check(TrainingEventsStore.question(filter, after: after, limit: 51), uses: index)
        }
    }

    @Test("lists of those who wait walk the order in which they are served", onSQLite, arguments: [
        WaitingFilter(), WaitingFilter(events: ["a"]), WaitingFilter(statuses: [.waiting]),
        WaitingFilter(events: ["a"], statuses: [.waiting, .offered]),
    ])
    func waitingPlans(filter: WaitingFilter) async throws {
        let after: [SQLValue] = [.text("z"), .int(1), .int(1), .text("z")]
        for after in [nil, after] {
            try await check(TrainingEventsStore.question(filter, after: after, limit: 51), uses: "waiting_entries_in_order")
        }
    }

    private static var onSQLite: ConditionTrait { .enabled(if: Engine.chosen == .sqlite, "the plans are SQLite's") }

    private func check(_ question: SQL, uses index: String) async throws {
        let harness = try Harness()
        let plan = try await harness.store.read { reader in
            try reader.rows("EXPLAIN QUERY PLAN \(question)").map { try $0.text("detail") }
        }
        #expect(plan.contains { $0.contains(index) }, "\(plan)")
        #expect(!plan.contains { $0.contains("USE TEMP B-TREE FOR ORDER BY") }, "\(plan)")
    }
}
