import Contracts
import RPC
import ServiceKit
import Storage
import TestSupport
import Testing
@testable import TrainingEventsService
import Values

@Suite("Places at events")
struct PlacesTests {
    @Test("of 64 clients that want the last place one gets it")
    func lastPlace() async throws {
        let harness = try Harness()
        let event = try await harness.schedule(capacity: 3, reserved: 1, blocked: 1)
        let applications = try await harness.enrol(64)
        let outcomes = await withTaskGroup(of: String.self) { group in
            for application in applications {
                group.addTask {
                    await statusOf { _ = try await harness.book(application, at: event) }?.reason ?? "booked"
                }
            }
            return await group.reduce(into: [:]) { counts, outcome in counts[outcome, default: 0] += 1 }
        }
        #expect(outcomes == ["booked": 1, "NO_PLACE": 63])
        let places = try #require(try await harness.event(event.id).places)
        #expect(places.booked == 1 && places.free == 0 && places.reserved == 1 && places.blocked == 1)
        #expect(try await harness.faults().isEmpty)
    }

    @Test("two clients that want different last places by moving to each other's event both fail, and keep theirs")
    func crossedMoves() async throws {
        let harness = try Harness()
        let (one, two) = (try await harness.schedule(capacity: 1), try await harness.schedule(capacity: 1))
        let people = try await harness.enrol(2)
        let (first, second) = (try await harness.book(people[0], at: one), try await harness.book(people[1], at: two))
        await withTaskGroup(of: String?.self) { group in
            for (booking, target) in [(first, two), (second, one)] {
                group.addTask {
                    await statusOf {
                        _ = try await harness.bookings.moveBooking(.init(id: booking.id, toEventId: target.id))
                    }?.reason
                }
            }
            for await reason in group { #expect(reason == "NO_PLACE") }
        }
        #expect(try await harness.bookings.getBooking(.init(id: first.id)).status == .booked)
        #expect(try await harness.bookings.getBooking(.init(id: second.id)).status == .booked)
        #expect(try await harness.faults().isEmpty)
    }

    @Test("a move takes the other place and gives up its own, which goes to who waits")
    func move() async throws {
        let harness = try Harness()
        let (one, two) = (try await harness.schedule(capacity: 1), try await harness.schedule(capacity: 1))
        let people = try await harness.enrol(2)
        let booking = try await harness.book(people[0], at: one)
        let waiting = try await harness.wait(people[1], at: one)
        let moved = try await harness.bookings.moveBooking(
            .init(id: booking.id, toEventId: two.id, reason: "nearer", expectedVersion: booking.version))
        #expect(moved.eventId == two.id && moved.status == .booked)
        let old = try await harness.bookings.getBooking(.init(id: booking.id))
        #expect(old.status == .moved && old.statusReason == "nearer" && old.version == 2)
        #expect(try await harness.entry(waiting.id).status == .offered)
        let same = await statusOf {
            _ = try await harness.bookings.moveBooking(.init(id: moved.id, toEventId: two.id))
        }
        #expect(same?.reason == "SAME_EVENT")
        #expect(try await harness.faults().isEmpty)
    }

    @Test("a request repeated under its key books once and gets the same reply")
    func repeated() async throws {
        let harness = try Harness()
        let event = try await harness.schedule(capacity: 5)
        let person = try await harness.enrol(1)[0]
        let options = CallOptions(idempotencyKey: "k1")
        let request = TrainingEventsV1.BookPlaceRequest(eventId: event.id, applicationId: person)
        let first = try await harness.bookings.bookPlace(request, options: options)
        let second = try await harness.bookings.bookPlace(request, options: options)
        #expect(first == second)
        #expect(try await harness.event(event.id).places?.booked == 1)
        #expect(try await harness.feed().filter { $0 == "booking.made" }.count == 1)
        let other = await statusOf {
            _ = try await harness.bookings.bookPlace(.init(eventId: event.id, applicationId: person, reason: "x"),
                                                     options: options)
        }
        #expect(other?.code == .failedPrecondition)
    }

    @Test("who may not book is told why")
    func refusals() async throws {
        let harness = try Harness()
        let event = try await harness.schedule(capacity: 5)
        let people = try await harness.enrol(3)
        let stranger = try await harness.enrol(1, programme: "npq-headship")[0]
        _ = try await harness.book(people[0], at: event)
        try await harness.tell(people[1], .deferred, version: 2)
        try await harness.tell(people[2], .withdrawn, version: 2)
        func reason(_ person: String) async -> String? {
            await statusOf { _ = try await harness.book(person, at: event) }?.reason
        }
        #expect(await reason(people[0]) == "ALREADY_BOOKED")
        #expect(await reason(people[1]) == "NOT_ACTIVE")
        #expect(await reason(people[2]) == "NOT_ACTIVE")
        #expect(await reason(stranger) == "OTHER_PROGRAMME")
        #expect(await reason("0190163d-8694-739b-aea5-966c26f8ad91") == "NOT_A_PARTICIPANT")
        #expect(await statusOf { _ = try await harness.book("x", at: event) }?.code == .invalidArgument)
        harness.wallClock.advance(by: .seconds(30 * 86_400))
        try await harness.tell(people[1], .active, version: 3)
        #expect(await reason(people[1]) == "EVENT_CLOSED")
        let unknown = await statusOf {
            _ = try await harness.bookings.bookPlace(.init(eventId: people[0], applicationId: people[0]))
        }
        #expect(unknown?.code == .notFound)
    }

    @Test("a capacity below what is taken is refused, by the rules and by the table")
    func capacity() async throws {
        let harness = try Harness()
        let event = try await harness.schedule(capacity: 4, reserved: 1)
        for person in try await harness.enrol(2) { _ = try await harness.book(person, at: event) }
        let refused = await statusOf { _ = try await harness.eventsClient.updateEvent(Harness.resize(event, to: 2)) }
        #expect(refused?.reason == "CAPACITY_TAKEN")
        #expect(refused?.message.contains("2 booked, 0 offered, 1 reserved, 0 blocked") == true)
        let smaller = try await harness.eventsClient.updateEvent(Harness.resize(event, to: 3))
        #expect(smaller.places?.free == 0 && smaller.version == 2)
        let id = try #require(UUIDv7(event.id))
        await #expect(throws: StoreError.self) {
            try await harness.store.write { try $0.execute("UPDATE events SET capacity = 2 WHERE id = \(id)") }
        }
        await #expect(throws: StoreError.self) {
            try await harness.store.write { writer in
                try writer.execute("""
                    INSERT INTO bookings SELECT 'other', event_id, candidate_id, application_id, status, status_reason,
                    offer_id, booked_at, ended_at, version FROM bookings LIMIT 1
                    """)
            }
        }
    }

    @Test("an edit of an old version is refused")
    func stale() async throws {
        let harness = try Harness()
        let event = try await harness.schedule(capacity: 4)
        _ = try await harness.eventsClient.updateEvent(Harness.resize(event, to: 5))
        var edit = Harness.resize(event, to: 6)
        edit.expectedVersion = 1
        let refused = await statusOf { [edit] in _ = try await harness.eventsClient.updateEvent(edit) }
        #expect(refused?.code == .aborted)
        let person = try await harness.enrol(1)[0]
        let booking = try await harness.book(person, at: event)
        let old = await statusOf {
            _ = try await harness.bookings.cancelBooking(.init(id: booking.id, expectedVersion: 7))
        }
        #expect(old?.code == .aborted)
        _ = try await harness.bookings.cancelBooking(.init(id: booking.id, expectedVersion: 1))
        let twice = await statusOf { _ = try await harness.bookings.cancelBooking(.init(id: booking.id)) }
        #expect(twice?.reason == "BOOKING_ENDED")
    }

    @Test("cancelling an event releases every booking, closes the list, and serves the displaced first elsewhere")
    func cancelEvent() async throws {
        let harness = try Harness()
        let (event, other) = (try await harness.schedule(capacity: 1), try await harness.schedule(capacity: 1))
        let people = try await harness.enrol(4)
        let booking = try await harness.book(people[0], at: event)
        let waiting = try await harness.wait(people[1], at: event)
        let unexplained = await statusOf { _ = try await harness.eventsClient.cancelEvent(.init(id: event.id)) }
        #expect(unexplained?.code == .invalidArgument)
        let cancelled = try await harness.eventsClient.cancelEvent(.init(id: event.id, reason: "boiler"))
        #expect(cancelled.status == .cancelled && cancelled.places?.booked == 0 && cancelled.places?.waiting == 0)
        let released = try await harness.bookings.getBooking(.init(id: booking.id))
        #expect(released.status == .released && released.statusReason == Booking.eventCancelled)
        #expect(try await harness.entry(waiting.id).status == .closed)
        _ = try await harness.book(people[2], at: other)
        _ = try await harness.wait(people[3], at: other)
        let displaced = try await harness.wait(people[0], at: other)
        #expect(displaced.priority == .displaced)
        let list = try await harness.bookings.listWaiting(.init(eventId: [other.id])).entries
        #expect(list.map(\.applicationId) == [people[0], people[3]])
        #expect(try await harness.feed().suffix(5).prefix(2) == ["booking.released", "event.cancelled"])
        #expect(try await harness.faults().isEmpty)
    }

    @Test("what is wrong with an event is told field by field")
    func fields() async throws {
        let harness = try Harness()
        let start = harness.now
        let error = await statusOf {
            _ = try await harness.eventsClient.scheduleEvent(.init(
                title: " ", venue: .init(name: "a", postcode: "nowhere"),
                parts: [.init(startsAt: .init(start), endsAt: .init(start))], capacity: 0))
        }
        #expect(error?.code == .invalidArgument && error?.message.contains("venue.postcode") == true)
        let more = await statusOf {
            _ = try await harness.eventsClient.scheduleEvent(.init(
                title: " ", venue: .init(), parts: [.init(startsAt: .init(start), endsAt: .init(start))],
                capacity: 5, minimum: 9, reserved: 3, blocked: 3))
        }
        let violations = try #require(more.flatMap { StatusDetailsFields.names($0) })
        #expect(violations == ["title", "venue.name", "minimum", "reserved", "parts[0].endsAt", "programme",
                               "parts[0].startsAt"])
    }

    @Test("history tells who changed what, and why")
    func history() async throws {
        let harness = try Harness()
        let event = try await harness.schedule(capacity: 4)
        var edit = Harness.resize(event, to: 5)
        edit.reason = "bigger room"
        var metadata = Metadata()
        metadata.add("olp-actor-id", "anna")
        metadata.add("olp-actor-kind", "token")
        _ = try await harness.eventsClient.updateEvent(edit, options: CallOptions(metadata: metadata))
        let first = try await harness.eventsClient.listEventHistory(.init(id: event.id, pageSize: 1))
        #expect(first.entries.map(\.change) == ["edited"] && first.entries[0].reason == "bigger room")
        #expect(first.entries[0].actor == .init(id: "anna", kind: "token"))
        #expect(first.entries[0].detailJson.contains("\"capacity\":[\"4\",\"5\"]"))
        let second = try await harness.eventsClient.listEventHistory(
            .init(id: event.id, pageSize: 1, pageToken: first.nextPageToken))
        #expect(second.entries.map(\.change) == ["scheduled"] && second.nextPageToken.isEmpty)
        let booking = try await harness.book(try await harness.enrol(1)[0], at: event)
        _ = try await harness.bookings.cancelBooking(.init(id: booking.id, reason: "ill"))
        let told = try await harness.bookings.listBookingHistory(.init(id: booking.id)).entries
        #expect(told.map(\.change) == ["cancelled", "made"] && told[0].reason == "ill")
        let unknown = await statusOf { _ = try await harness.bookings.listBookingHistory(.init(id: event.id)) }
        #expect(unknown?.code == .notFound)
    }
}
