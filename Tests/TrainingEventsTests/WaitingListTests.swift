import Contracts
import RPC
import TestSupport
import Testing
import Values
@testable import TrainingEventsService

@Suite("Waiting lists")
struct WaitingListTests {
    /// An event of one place that somebody has, and people who wait for it.
    private func full(
        _ harness: Harness, waiting: Int = 0, in time: Duration = .seconds(30 * 86_400)
    ) async throws -> (event: TrainingEventsV1.Event, booking: TrainingEventsV1.Booking, people: [String],
                       entries: [TrainingEventsV1.WaitingEntry]) {
        let event = try await harness.schedule(capacity: 1, in: time)
        let people = try await harness.enrol(waiting + 1)
        let booking = try await harness.book(people[0], at: event)
        var entries: [TrainingEventsV1.WaitingEntry] = []
        for person in people.dropFirst() { entries.append(try await harness.wait(person, at: event)) }
        return (event, booking, Array(people.dropFirst()), entries)
    }

    @Test("a place that comes free is offered for 48 hours to whoever came first, and their answer books it")
    func offered() async throws {
        let harness = try Harness()
        let (event, booking, _, entries) = try await full(harness, waiting: 2)
        _ = try await harness.bookings.cancelBooking(.init(id: booking.id))
        let entry = try await harness.entry(entries[0].id)
        #expect(entry.status == .offered && entry.offerExpiresAt == harness.now + .seconds(48 * 3600))
        var places = try #require(try await harness.event(event.id).places)
        #expect(places.offered == 1 && places.booked == 0 && places.free == 0 && places.waiting == 1)
        let reply = try await harness.bookings.answerOffer(.init(entryId: entries[0].id, accept: true))
        guard case .booking(let made) = reply.result else { throw Unexpected(reply) }
        #expect(made.offerId == entries[0].id)
        places = try #require(try await harness.event(event.id).places)
        #expect(places.offered == 0 && places.booked == 1)
        let twice = await statusOf {
            _ = try await harness.bookings.answerOffer(.init(entryId: entries[0].id, accept: true))
        }
        #expect(twice?.reason == "OFFER_NOT_OPEN")
        // The offer is used up: a cancellation releases the place, and the next is asked.
        _ = try await harness.bookings.cancelBooking(.init(id: made.id))
        #expect(try await harness.entry(entries[0].id).status == .accepted)
        #expect(try await harness.entry(entries[1].id).status == .offered)
        #expect(try await harness.feed().contains("waiting.offered"))
    }

    @Test("classes of priority are served in order, and then who came first")
    func priorities() async throws {
        let harness = try Harness()
        let (event, booking, people, _) = try await full(harness, waiting: 1)
        let more = try await harness.enrol(3)
        _ = try await harness.wait(more[0], at: event, priority: .noFault)
        _ = try await harness.wait(more[1], at: event, priority: .statutory)
        _ = try await harness.wait(more[2], at: event, priority: .statutory)
        let list = try await harness.bookings.listWaiting(.init(eventId: [event.id])).entries
        #expect(list.map(\.applicationId) == [more[1], more[2], more[0], people[0]])
        _ = try await harness.bookings.cancelBooking(.init(id: booking.id))
        let offered = try await harness.bookings.listWaiting(.init(eventId: [event.id], status: [.offered])).entries
        #expect(offered.map(\.applicationId) == [more[1]])
        let person = try await harness.enrol(1)[0]
        let unexplained = await statusOf {
            _ = try await harness.bookings.bookPlace(
                .init(eventId: event.id, applicationId: person, orWait: true, priority: .statutory))
        }
        #expect(unexplained?.code == .invalidArgument)
    }

    @Test("whoever asked for it is booked without asking, and everybody passed over has a reason")
    func withoutAsking() async throws {
        let harness = try Harness()
        let (event, booking, people, entries) = try await full(harness, waiting: 1)
        let quick = try await harness.enrol(1)[0]
        let entry = try await harness.wait(quick, at: event, withoutAsking: true)
        try await harness.tell(people[0], .deferred, version: 2)
        _ = try await harness.bookings.cancelBooking(.init(id: booking.id))
        #expect(try await harness.entry(entry.id).status == .accepted)
        #expect(try await harness.entry(entries[0].id).status == .waiting)
        let decisions = try await harness.decisions(event.id)
        #expect(decisions.map(\.outcome) == ["booked", "skipped"])
        #expect(decisions.map(\.entryId) == [entry.id, entries[0].id])
        #expect(decisions[1].reason == "The participant has deferred.")
        #expect(try await harness.faults().isEmpty)
    }

    @Test("declining passes the place on; whoever keeps the position is asked about the next one only")
    func decline() async throws {
        let harness = try Harness()
        let (event, booking, _, entries) = try await full(harness, waiting: 2)
        _ = try await harness.bookings.cancelBooking(.init(id: booking.id))
        _ = try await harness.bookings.answerOffer(.init(entryId: entries[0].id, accept: false, keepPosition: true))
        #expect(try await harness.entry(entries[0].id).status == .waiting)
        #expect(try await harness.entry(entries[1].id).status == .offered)
        _ = try await harness.bookings.answerOffer(.init(entryId: entries[1].id, accept: false))
        #expect(try await harness.entry(entries[1].id).status == .declined)
        // Nobody is left but the one who passed on this place: it is free for everybody.
        #expect(try await harness.entry(entries[0].id).status == .waiting)
        #expect(try await harness.event(event.id).places?.free == 1)
        #expect(try await harness.decisions(event.id).first?.reason
            == "Declined this place, and waits for the next that comes free.")
        let taker = try await harness.enrol(1)[0]
        let taken = try await harness.book(taker, at: event)
        _ = try await harness.bookings.cancelBooking(.init(id: taken.id))
        #expect(try await harness.entry(entries[0].id).status == .offered)
        #expect(try await harness.faults().isEmpty)
    }

    @Test("an offer that nobody answers expires at its minute, and the next is asked")
    func expiry() async throws {
        let harness = try Harness()
        let (event, booking, _, entries) = try await full(harness, waiting: 2)
        _ = try await harness.bookings.cancelBooking(.init(id: booking.id))
        harness.wallClock.advance(by: .seconds(48 * 3600 - 60))
        try await harness.sweep()
        #expect(try await harness.entry(entries[0].id).status == .offered)
        harness.wallClock.advance(by: .seconds(60))
        let late = await statusOf {
            _ = try await harness.bookings.answerOffer(.init(entryId: entries[0].id, accept: true))
        }
        #expect(late?.reason == "OFFER_NOT_OPEN")
        try await harness.sweep()
        #expect(try await harness.entry(entries[0].id).status == .expired)
        #expect(try await harness.entry(entries[1].id).status == .offered)
        #expect(try await harness.decisions(event.id).map(\.outcome) == ["offered", "expired", "offered"])
        #expect(try await harness.events.eventsDue(at: harness.now).isEmpty)
        #expect(try await harness.faults().isEmpty)
    }

    /// The clocks of London went back on 29 October 2017 at 01:00 UTC.
    @Test("deadlines over the night of the October clock change hold to the minute", arguments: [
        // Offered at, the event starts at, open until.
        ("2017-10-28T11:00:00+01:00", "2017-11-20T09:00:00Z", "2017-10-30T10:00:00Z"),
        ("2017-10-28T11:00:00+01:00", "2017-11-01T09:00:00Z", "2017-10-29T09:00:00Z"),
        ("2017-10-29T01:30:00+01:00", "2017-11-01T01:15:00Z", "2017-10-29T01:15:00Z"),
        ("2017-10-26T08:00:00+01:00", "2017-10-30T09:00:00Z", "2017-10-27T10:00:00+01:00"),
    ])
    func october(offeredAt: String, startsAt: String, until: String) async throws {
        let start = try #require(Instant(rfc3339: offeredAt))
        let begins = try #require(Instant(rfc3339: startsAt))
        let deadline = try #require(Instant(rfc3339: until))
        for minutes in [-1, 0] {
            let harness = try Harness(at: start)
            let (_, booking, _, entries) = try await full(harness, waiting: 1, in: begins - start)
            _ = try await harness.bookings.cancelBooking(.init(id: booking.id))
            #expect(try await harness.entry(entries[0].id).offerExpiresAt == deadline)
            harness.wallClock.set(deadline + .seconds(60 * minutes))
            let answer = await statusOf {
                _ = try await harness.bookings.answerOffer(.init(entryId: entries[0].id, accept: true))
            }
            #expect(answer?.reason == (minutes < 0 ? nil : "OFFER_NOT_OPEN"))
        }
    }

    @Test("within the notice period nobody is asked: whoever waits books a free place directly")
    func notice() async throws {
        let harness = try Harness()
        let (event, booking, people, entries) = try await full(harness, waiting: 2, in: .seconds(72 * 3600))
        _ = try await harness.bookings.cancelBooking(.init(id: booking.id))
        #expect(try await harness.event(event.id).places?.free == 1)
        #expect(try await harness.decisions(event.id).allSatisfy { $0.outcome == "skipped" })
        _ = try await harness.book(people[1], at: event)
        #expect(try await harness.entry(entries[1].id).status == .accepted)
        let waits = await statusOf { _ = try await harness.book(people[0], at: event) }
        #expect(waits?.reason == "ALREADY_WAITING")
        harness.wallClock.advance(by: .seconds(72 * 3600))
        try await harness.sweep()
        #expect(try await harness.entry(entries[0].id).status == .closed)
        harness.wallClock.advance(by: .seconds(6 * 3600))
        try await harness.sweep()
        #expect(try await harness.event(event.id).status == .held)
        #expect(try await harness.feed().last == "event.held")
        #expect(try await harness.faults().isEmpty)
    }

    @Test("a larger capacity asks as many as there are places, and an earlier start shortens open offers")
    func edits() async throws {
        let harness = try Harness()
        let (event, _, _, entries) = try await full(harness, waiting: 3)
        _ = try await harness.eventsClient.updateEvent(Harness.resize(event, to: 3))
        for (entry, expected) in zip(entries, [WaitingStatus.offered, .offered, .waiting]) {
            #expect(try await harness.entry(entry.id).status == expected)
        }
        var sooner = Harness.resize(event, to: 3)
        sooner.parts = Harness.parts(from: harness.now + .seconds(80 * 3600), count: 1)
        _ = try await harness.eventsClient.updateEvent(sooner)
        #expect(try await harness.entry(entries[0].id).offerExpiresAt == harness.now + .seconds(8 * 3600))
        sooner.parts = Harness.parts(from: harness.now + .seconds(24 * 3600), count: 1)
        let edited = try await harness.eventsClient.updateEvent(sooner)
        #expect(try await harness.entry(entries[0].id).status == .expired)
        #expect(edited.places?.free == 2 && edited.places?.waiting == 1)
        #expect(try await harness.faults().isEmpty)
    }

    @Test("leaving the list with an offer in hand asks the next")
    func leave() async throws {
        let harness = try Harness()
        let (_, booking, _, entries) = try await full(harness, waiting: 2)
        _ = try await harness.bookings.cancelBooking(.init(id: booking.id))
        let left = try await harness.bookings.leaveWaitingList(.init(entryId: entries[0].id, reason: "moved away"))
        #expect(left.status == .withdrawn)
        #expect(try await harness.entry(entries[1].id).status == .offered)
        let twice = await statusOf { _ = try await harness.bookings.leaveWaitingList(.init(entryId: entries[0].id)) }
        #expect(twice?.reason == "ENTRY_ENDED")
    }
}
