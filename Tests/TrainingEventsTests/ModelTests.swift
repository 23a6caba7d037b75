import Contracts
import RPC
import Storage
import Testing
import TestSupport
import Values
@testable import TrainingEventsService

@Suite("Random changes of places")
struct ModelTests {
    @Test("do what the rules say, one after the other, and never oversell", arguments: 1...4)
    func interleavings(round: Int) async throws {
        var random = Seed.generator(for: "random changes of places, round \(round)")
        let run = try await ModelRun(people: 9)
        for step in 1...120 {
            let told = try await run.step(&random)
            let differences = try await run.differences()
            #expect(differences.isEmpty, "after step \(step), \(told)")
            #expect(run.model.faults.isEmpty, "after step \(step), \(told)")
            try #require(differences.isEmpty)
        }
        #expect(try await run.harness.faults().isEmpty)
    }

    @Test("made by many at once leave counts that are right, and nobody unasked")
    func atOnce() async throws {
        let harness = try Harness()
        let random = Seed.generator(for: "changes by many at once")
        var events: [TrainingEventsV1.Event] = []
        for capacity in 1...3 { events.append(try await harness.schedule(capacity: capacity)) }
        let people = try await harness.enrol(12)
        await withTaskGroup(of: Void.self) { group in
            for client in 0..<8 {
                var own = random
                for _ in 0...client { _ = own.next() }
                let seed = own.next()
                group.addTask { [events] in
                    var random = SeededGenerator(seed: seed)
                    for _ in 0..<25 { await Self.change(harness, events, people, &random) }
                }
            }
        }
        #expect(try await harness.faults().isEmpty)
        for event in events {
            let places = try #require(try await harness.event(event.id).places)
            #expect(places.free == 0 || places.waiting == 0)
        }
    }

    /// Any change; being refused is fine, failing is not.
    private static func change(_ harness: Harness, _ events: [TrainingEventsV1.Event], _ people: [String],
                               _ random: inout SeededGenerator) async {
        guard let event = events.randomElement(using: &random), let other = events.randomElement(using: &random),
              let person = people.randomElement(using: &random) else { return }
        let choice = Int.random(in: 0..<6, using: &random)
        let error = await statusOf {
            let mine = try await harness.bookings.listBookings(
                .init(applicationId: [person], status: [.booked])).bookings
            let open = try await harness.bookings.listWaiting(
                .init(candidateId: [Harness.candidate(person)], status: [.waiting, .offered])).entries
            switch choice {
            case 0, 1:
                _ = try await harness.bookings.bookPlace(
                    .init(eventId: event.id, applicationId: person, orWait: true, bookWithoutAsking: choice == 1))
            case 2:
                if let booking = mine.first { _ = try await harness.bookings.cancelBooking(.init(id: booking.id)) }
            case 3:
                if let booking = mine.first {
                    _ = try await harness.bookings.moveBooking(.init(id: booking.id, toEventId: other.id))
                }
            case 4:
                if let entry = open.first {
                    _ = try await harness.bookings.answerOffer(.init(entryId: entry.id, accept: true))
                }
            default:
                if let entry = open.first {
                    _ = try await harness.bookings.answerOffer(.init(entryId: entry.id, accept: false))
                }
            }
        }
        #expect(error == nil || error?.code == .failedPrecondition, "\(String(describing: error))")
    }
}

/// The service and the model beside each other.
final class ModelRun {
    let harness: Harness
    var model: PlacesModel
    private var events: [TrainingEventsV1.Event]
    private let people: [String]
    private var versions: [Int64]

    init(people count: Int) async throws {
        harness = try Harness()
        var made: [TrainingEventsV1.Event] = []
        var modelled: [PlacesModel.Event] = []
        for (capacity, days) in [(1, 20), (3, 12), (2, 9)] {
            let time = Duration.seconds(days * 86_400)
            made.append(try await harness.schedule(capacity: capacity, in: time))
            modelled.append(PlacesModel.Event(capacity: capacity, starts: harness.now + time))
        }
        events = made
        people = try await harness.enrol(count)
        versions = Array(repeating: 1, count: count)
        model = PlacesModel(events: modelled, people: count, now: harness.now)
    }

    /// One change, done to both. Tells which, and records where they differ about whether it may be done.
    func step(_ random: inout SeededGenerator) async throws -> String {
        let person = Int.random(in: people.indices, using: &random)
        let event = Int.random(in: events.indices, using: &random)
        let coin = Bool.random(using: &random)
        let number = Int.random(in: 1...4, using: &random)
        switch Int.random(in: 0..<20, using: &random) {
        case 0..<7:
            let wait = Int.random(in: 0..<5, using: &random) == 0 ? nil : number
            return await hold("book \(person) at \(event), wait \(wait ?? 0), auto \(coin)",
                              model.book(person, event, wait: wait, auto: coin)) { [self] in
                _ = try await harness.bookings.bookPlace(.init(
                    eventId: events[event].id, applicationId: people[person], orWait: wait != nil,
                    bookWithoutAsking: coin, priority: .init(rawValue: Int32(wait ?? 0)), reason: "r"))
            }
        case 7..<10:
            guard let (person, booking) = try await anyBooking(event, &random) else { return "nobody to cancel" }
            return await hold("cancel \(person) at \(event)", model.cancel(person, event)) { [self] in
                _ = try await harness.bookings.cancelBooking(.init(id: booking))
            }
        case 10, 11:
            let target = (event + number % 2 + 1) % events.count
            guard let (person, booking) = try await anyBooking(event, &random) else { return "nobody to move" }
            return await hold("move \(person) from \(event) to \(target)",
                              model.move(person, event, target)) { [self] in
                _ = try await harness.bookings.moveBooking(.init(id: booking, toEventId: events[target].id))
            }
        case 12..<16:
            return try await answer(number, coin, event, &random)
        case 16:
            let (reserved, blocked) = (coin ? 1 : 0, number == 4 ? 1 : 0)
            guard reserved + blocked <= number else { return "no such size" }
            return await hold("resize \(event) to \(number) − \(reserved) − \(blocked)",
                              model.resize(event, number, reserved: reserved, blocked: blocked)) { [self] in
                var edit = Harness.resize(events[event], to: number)
                (edit.minimum, edit.reserved, edit.blocked) = (1, Int32(reserved), Int32(blocked))
                _ = try await harness.eventsClient.updateEvent(edit)
            }
        case 17:
            return try await change(person, to: number == 1 ? .withdrawn : coin ? .active : .deferred)
        default:
            harness.wallClock.advance(by: .seconds(number * (coin ? 3600 : 9 * 3600)))
            model.now = harness.now
            guard number < 3 else { return "time goes by" }
            try await harness.sweep()
            for event in events.indices { model.settle(event) }
            return "time goes by, and the sweep comes round"
        }
    }

    private func answer(
        _ number: Int, _ coin: Bool, _ event: Int, _ random: inout SeededGenerator
    ) async throws -> String {
        let open = try await harness.bookings.listWaiting(
            .init(eventId: [events[event].id], status: [.waiting, .offered])).entries
        let offered = open.filter { $0.status == .offered }
        guard let entry = (offered.isEmpty ? open : offered).randomElement(using: &random),
              let person = people.firstIndex(of: entry.applicationId) else { return "nobody waits" }
        switch number {
        case 1, 2:
            return await hold("\(person) accepts at \(event)", model.accept(person, event)) { [self] in
                _ = try await harness.bookings.answerOffer(.init(entryId: entry.id, accept: true))
            }
        case 3:
            return await hold("\(person) declines at \(event), keeps \(coin)",
                              model.decline(person, event, keep: coin)) { [self] in
                _ = try await harness.bookings.answerOffer(
                    .init(entryId: entry.id, accept: false, keepPosition: coin))
            }
        default:
            return await hold("\(person) leaves \(event)", model.leave(person, event)) { [self] in
                _ = try await harness.bookings.leaveWaitingList(.init(entryId: entry.id))
            }
        }
    }

    private func change(_ person: Int, to state: PlacesModel.State) async throws -> String {
        guard model.states[person] != .withdrawn else { return "has withdrawn already" }
        versions[person] += 1
        let told: ParticipantState = switch state {
        case .active: .active
        case .deferred: .deferred
        case .withdrawn: .withdrawn
        }
        try await harness.tell(people[person], told, version: versions[person])
        model.become(state, person)
        return "\(person) becomes \(state)"
    }

    /// Does a change to the service, and notes if it judged otherwise than the model did.
    private func hold(_ told: String, _ isDone: Bool, _ change: () async throws -> Void) async -> String {
        let error = await statusOf(change)
        #expect((error == nil) == isDone, "\(told): \(String(describing: error))")
        #expect(error == nil || error?.code == .failedPrecondition, "\(told): \(String(describing: error))")
        return told
    }

    private func anyBooking(_ event: Int, _ random: inout SeededGenerator) async throws -> (Int, String)? {
        let held = try await harness.bookings.listBookings(
            .init(eventId: [events[event].id], status: [.booked])).bookings
        guard let booking = held.randomElement(using: &random),
              let person = people.firstIndex(of: booking.applicationId) else { return nil }
        return (person, booking.id)
    }

    /// Where the stored places are not those of the model.
    func differences() async throws -> [String] {
        var differences: [String] = []
        for (index, event) in events.enumerated() {
            let held = try await harness.bookings.listBookings(
                .init(eventId: [event.id], status: [.booked], pageSize: 100)).bookings
            let expectedPlaces = model.events[index].booked
            let booked = Set(held.compactMap { people.firstIndex(of: $0.applicationId) })
            let open = try await harness.bookings.listWaiting(
                .init(eventId: [event.id], status: [.waiting, .offered], pageSize: 100)).entries
            let list = open.map { "\(people.firstIndex(of: $0.applicationId) ?? -1) \(deadline($0)?.rfc3339 ?? "-")" }
            let expected = model.events[index].served.map { "\($0.person) \($0.deadline?.rfc3339 ?? "-")" }
            if booked != expectedPlaces {
                differences.append("event \(index): booked \(booked.sorted()), not \(expectedPlaces.sorted())")
            }
            if list != expected { differences.append("event \(index): list \(list), not \(expected)") }
        }
        return differences
    }

    private func deadline(_ entry: TrainingEventsV1.WaitingEntry) -> Instant? {
        entry.offerExpiresAt?.microsecondsSince1970.map { Instant(microseconds: $0) }
    }
}
