import Contracts
import RPC
import ServiceKit
import Storage
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
        let wrong = await status {
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
        let badSize = await status { _ = try await harness.bookings.listBookings(.init(pageSize: 101)) }
        #expect(badSize?.code == .invalidArgument)
    }

    /// What a list costs must not grow with the table.
    @Test("lists walk an index and sort nothing", arguments: [
        ("SELECT * FROM bookings WHERE event_id IN ('a') AND id < 'z' ORDER BY id DESC LIMIT 51", "bookings_by_event"),
        ("SELECT * FROM bookings WHERE event_id IN ('a') AND +status IN (1) ORDER BY id DESC LIMIT 51",
         "bookings_by_event"),
        ("SELECT * FROM bookings WHERE status IN (2) ORDER BY id DESC LIMIT 51", "bookings_by_status"),
        ("SELECT * FROM bookings WHERE candidate_id IN ('a') ORDER BY id DESC LIMIT 51", "bookings_by_candidate"),
        ("SELECT * FROM bookings WHERE application_id IN ('a') ORDER BY id DESC LIMIT 51", "bookings_by_application"),
        ("SELECT * FROM bookings WHERE 1 = 1 AND id < 'z' ORDER BY id DESC LIMIT 51", "sqlite_autoindex_bookings_1"),
        ("SELECT * FROM waiting_entries WHERE event_id IN ('a') ORDER BY event_id, priority, joined_at, id LIMIT 51",
         "waiting_entries_in_order"),
        ("SELECT DISTINCT event_id FROM waiting_entries WHERE status = 2 AND offer_expires_at <= 5 LIMIT 200",
         "waiting_entries_open_offers"),
        ("SELECT id FROM events WHERE status = 1 AND ends_at <= 5 LIMIT 200", "events_scheduled"),
        ("SELECT * FROM events WHERE (starts_at, id) > (5, 'a') ORDER BY starts_at, id LIMIT 21", "events_by_start"),
        ("SELECT * FROM promotion_decisions WHERE event_id = 'a' AND id < 'z' ORDER BY id DESC LIMIT 51",
         "promotion_decisions_by_event"),
    ])
    func plans(question: String, index: String) async throws {
        let harness = try Harness()
        let plan = try await harness.store.read { reader in
            try reader.rows("EXPLAIN QUERY PLAN \(SQL(raw: question))").map { try $0.text("detail") }
        }
        #expect(plan.contains { $0.contains(index) }, "\(plan)")
        #expect(!plan.contains { $0.contains("USE TEMP B-TREE FOR ORDER BY") }, "\(plan)")
    }
}
