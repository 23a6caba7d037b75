import Contracts
import TestSupport

/// Schedules events and works on places for its share of the participants. Events are everybody's, and Enrolment's news
/// take places away at any time, so it may be refused; for one person nobody but this client asks for anything.
struct PlacesClient: OfficeClient {
    private typealias V1 = TrainingEventsV1

    let client: KeyedClient
    let office: Office
    /// This one's number, from 0, of so many.
    let share: (number: Int, of: Int)
    var random: SeededGenerator

    /// Few and small, so that people wait.
    static let mostEvents = 5

    mutating func run() async throws {
        while true {
            let events = office.events
            // Now and then also somebody who may not have a place.
            let isAnybody = Int.random(in: 0..<10, using: &random) == 0
            guard events.count >= 3, let event = events.randomElement(using: &random),
                let mine = mine.filter({ isAnybody || office.isActive($0) }).randomElement(using: &random)
            else {
                try await schedule()
                continue
            }
            switch Int.random(in: 0..<20, using: &random) {
            case 0 where events.count < Self.mostEvents: try await schedule()
            case 0: try await cancelEvent(event)
            case 1, 2: try await edit(event)
            case 3, 4: try await takeRegister()
            case 5...7: try await giveUpPlace()
            case 8...11: try await answerOrLeave()
            default: try await book(mine, event)
            }
        }
    }

    private var mine: [Office.Participant] {
        office.participants.enumerated().filter { $0.offset % share.of == share.number }.map(\.element)
    }

    // MARK: Events

    private mutating func schedule() async throws {
        let isSoon = Int.random(in: 0..<3, using: &random) == 0
        let capacity = Int32.random(in: 1...2, using: &random)
        let event: TrainingEventsV1.Event = try await client.writeAlone(.scheduleEvent, "POST", "/v1/events") {
            TrainingEventsV1.ScheduleEventRequest.event(
                "Conference", in: office.cohort, beginsIn: isSoon ? .seconds(14 * 60) : .seconds(30 * 86400),
                capacity: capacity, reason: $0)
        }
        office.add(Office.Event(id: event.id, isSoon: isSoon))
    }

    private mutating func edit(_ event: Office.Event) async throws {
        let held: TrainingEventsV1.Event = try await client.read("/v1/events/\(event.id)")
        let isSmaller = held.capacity > 2 || held.capacity > 1 && Bool.random(using: &random)
        let capacity = held.capacity + (isSmaller ? -1 : 1)
        let _: TrainingEventsV1.Event? = try await client.write(
            .editEvent, "PUT", "/v1/events/\(event.id)", version: held.version
        ) {
            TrainingEventsV1.UpdateEventRequest(
                title: held.title, venue: held.venue, parts: held.parts, capacity: capacity, reason: $0)
        }
    }

    private mutating func cancelEvent(_ event: Office.Event) async throws {
        // Few, or there would soon be nothing to book.
        guard Int.random(in: 0..<4, using: &random) == 0 else { return try await edit(event) }
        let held: TrainingEventsV1.Event = try await client.read("/v1/events/\(event.id)")
        let _: TrainingEventsV1.Event? = try await client.write(
            .cancelEvent, "POST", "/v1/events/\(event.id):cancel", version: held.version
        ) { TrainingEventsV1.CancelEventRequest(reason: $0) }
        office.remove(event)
    }

    private mutating func takeRegister() async throws {
        guard let event = office.events.filter(\.isSoon).randomElement(using: &random) else { return try await schedule() }
        let register: TrainingEventsV1.GetRegisterReply = try await client.read("/v1/events/\(event.id)/register")
        let lines = register.candidateIds.prefix(3).map { candidate in
            let kind: TrainingEventsV1.AttendanceKind = Bool.random(using: &random) ? .present : .absent
            return TrainingEventsV1.RecordAttendanceRequest.Line(partNumber: 1, candidateId: candidate, kind: kind)
        }
        guard !lines.isEmpty else { return }
        let _: TrainingEventsV1.RecordAttendanceReply? = try await client.write(
            .attendance, "POST", "/v1/events/\(event.id)/register"
        ) { TrainingEventsV1.RecordAttendanceRequest(lines: lines, reason: $0) }
    }

    // MARK: Places

    private mutating func book(_ participant: Office.Participant, _ event: Office.Event) async throws {
        let (waits, withoutAsking) = (
            Int.random(in: 0..<6, using: &random) > 0, Int.random(in: 0..<4, using: &random) == 0
        )
        let _: TrainingEventsV1.BookPlaceReply? = try await client.write(.book, "POST", "/v1/bookings") {
            TrainingEventsV1.BookPlaceRequest(
                eventId: event.id, applicationId: participant.application, orWait: waits,
                bookWithoutAsking: withoutAsking, reason: $0)
        }
    }

    private mutating func giveUpPlace() async throws {
        let held: TrainingEventsV1.ListBookingsReply = try await client.read(
            "/v1/bookings?status=BOOKING_STATUS_BOOKED&pageSize=100")
        let mine = Set(mine.map(\.application))
        guard let booking = held.bookings.filter({ mine.contains($0.applicationId) }).randomElement(using: &random) else {
            return
        }
        let free: TrainingEventsV1.ListEventsReply = try await client.read(
            "/v1/events?withFreePlaces=true&status=EVENT_STATUS_SCHEDULED&pageSize=100")
        let targets = free.events.filter { $0.id != booking.eventId }
        if let target = targets.randomElement(using: &random), Bool.random(using: &random) {
            let _: TrainingEventsV1.Booking? = try await client.write(
                .moveBooking, "POST", "/v1/bookings/\(booking.id):move", version: booking.version
            ) { TrainingEventsV1.MoveBookingRequest(toEventId: target.id, reason: $0) }
        } else {
            let _: TrainingEventsV1.Booking? = try await client.write(
                .cancelBooking, "POST", "/v1/bookings/\(booking.id):cancel", version: booking.version
            ) { TrainingEventsV1.CancelBookingRequest(reason: $0) }
        }
    }

    private mutating func answerOrLeave() async throws {
        let held: TrainingEventsV1.ListWaitingReply = try await client.read(
            "/v1/waiting?status=WAITING_STATUS_WAITING&status=WAITING_STATUS_OFFERED&pageSize=100")
        let mine = Set(mine.map(\.application))
        let entries = held.entries.filter { mine.contains($0.applicationId) }
        let offered = entries.filter { $0.status == .offered }.randomElement(using: &random)
        if let offered, Bool.random(using: &random) {
            let _: TrainingEventsV1.BookPlaceReply? = try await client.write(
                .acceptOffer, "POST", "/v1/waiting/\(offered.id):answer"
            ) { TrainingEventsV1.AnswerOfferRequest(accept: true, reason: $0) }
        } else if let offered {
            let keeps = Bool.random(using: &random)
            let _: TrainingEventsV1.BookPlaceReply? = try await client.write(
                .declineOffer, "POST", "/v1/waiting/\(offered.id):answer"
            ) { TrainingEventsV1.AnswerOfferRequest(accept: false, keepPosition: keeps, reason: $0) }
        } else if let entry = entries.randomElement(using: &random), Int.random(in: 0..<5, using: &random) == 0 {
            let _: TrainingEventsV1.WaitingEntry? = try await client.write(
                .leaveList, "POST", "/v1/waiting/\(entry.id):leave"
            ) { TrainingEventsV1.LeaveWaitingListRequest(reason: $0) }
        }
    }
}
