import Contracts
import HTTPClient
import Values

/// Events, and the places at them.
extension SeasonPlay {
    private func numbers(_ isMeant: (PlannedEvent) -> Bool) -> [Int] {
        plan.events.indices.filter { isMeant(plan.events[$0]) }
    }

    private static func path(_ event: SeasonCast.Record) -> String { "/v1/events/\(HTTPRequest.encoded(event.id))" }

    func schedule(_ act: String, _ isMeant: (PlannedEvent) -> Bool) async throws {
        // Fixed before the first attempt, so that a repetition asks the same.
        let now = SystemWallClock().now()
        try await crew.play(act, numbers(isMeant)) { number, line in
            let planned = plan.events[number]
            let event: TrainingEventsV1.Event = try await line.write(
                "POST", "/v1/events",
                TrainingEventsV1.ScheduleEventRequest(
                    title: planned.title, programme: planned.programme, module: planned.module,
                    cohortId: plan.cohorts[planned.cohort].id, partnerId: planned.partner, venue: planned.venue,
                    parts: planned.parts(at: now), capacity: Int32(planned.capacity),
                    minimum: Int32(planned.minimum), reserved: Int32(planned.reserved),
                    blocked: Int32(planned.blocked), reason: SeasonPlanner.reason),
                step: "event-\(number)")
            cast.setEvent(number, .init(id: event.id, version: event.version))
        }
    }

    /// People ask one after the other, so that it is known who finds a place; events do not wait for each other.
    func book(_ act: String, _ isMeant: (PlannedEvent) -> Bool) async throws {
        try await crew.play(act, numbers(isMeant)) { number, line in
            let event = try Self.known(cast.event(number), "an event")
            for wish in plan.events[number].wishes {
                let application = try Self.known(cast.application(wish.application), "an application")
                let reply: TrainingEventsV1.BookPlaceReply = try await line.write(
                    "POST", "/v1/bookings",
                    TrainingEventsV1.BookPlaceRequest(
                        eventId: event.id, applicationId: application.id, orWait: true,
                        bookWithoutAsking: wish.isBookedWithoutAsking, priority: .normal, reason: SeasonPlanner.reason),
                    step: "book-\(number)-\(wish.application)")
                if case .booking(let booking) = reply.result {
                    cast.setBooking(
                        .init(event: number, application: wish.application),
                        .init(id: booking.id, version: booking.version))
                }
            }
        }
    }

    func cancelBookings() async throws {
        let places = plan.events.enumerated().flatMap { number, event in
            event.cancellations.map { SeasonCast.Place(event: number, application: event.wishes[$0].application) }
        }
        try await crew.play("cancelling bookings", places) { place, line in
            // Where others play too, the place may have been theirs.
            guard let booking = cast.booking(place) else { return }
            let _: TrainingEventsV1.Booking = try await line.write(
                "POST", "/v1/bookings/\(HTTPRequest.encoded(booking.id)):cancel",
                TrainingEventsV1.CancelBookingRequest(reason: SeasonPlanner.reason), version: booking.version,
                step: "cancel-\(place.event)-\(place.application)")
        }
    }

    func move() async throws {
        try await crew.play("moving bookings", plan.moves) { move, line in
            let place = SeasonCast.Place(event: move.from, application: move.application)
            guard let booking = cast.booking(place) else { return }
            let target = try Self.known(cast.event(move.to), "an event")
            let _: TrainingEventsV1.Booking = try await line.write(
                "POST", "/v1/bookings/\(HTTPRequest.encoded(booking.id)):move",
                TrainingEventsV1.MoveBookingRequest(toEventId: target.id, reason: SeasonPlanner.reason),
                version: booking.version, step: "move-\(move.from)-\(move.application)")
        }
    }

    func enlargeEvents() async throws {
        try await crew.play("adding places", numbers { $0.growsBy > 0 }) { number, line in
            let held = try Self.known(cast.event(number), "an event")
            let planned = plan.events[number]
            let event: TrainingEventsV1.Event = try await line.write(
                "PUT", Self.path(held),
                TrainingEventsV1.UpdateEventRequest(
                    title: planned.title, venue: planned.venue, parts: planned.parts(at: .epoch),
                    capacity: Int32(planned.capacity + planned.growsBy), minimum: Int32(planned.minimum),
                    reserved: Int32(planned.reserved), blocked: Int32(planned.blocked), reason: SeasonPlanner.reason),
                version: held.version, step: "enlarge-\(number)")
            cast.setEvent(number, .init(id: event.id, version: event.version))
        }
    }

    func cancelEvents() async throws {
        try await crew.play("cancelling an event", numbers(\.isCancelled)) { number, line in
            let held = try Self.known(cast.event(number), "an event")
            let event: TrainingEventsV1.Event = try await line.write(
                "POST", "\(Self.path(held)):cancel", TrainingEventsV1.CancelEventRequest(reason: SeasonPlanner.reason),
                version: held.version, step: "cancel-event-\(number)")
            cast.setEvent(number, .init(id: event.id, version: event.version))
        }
    }

    // MARK: Registers

    func takeRegisters() async throws {
        try await crew.play("taking registers", numbers(\.isSoon)) { number, line in
            let event = try Self.known(cast.event(number), "an event")
            let register: TrainingEventsV1.GetRegisterReply = try await line.get("\(Self.path(event))/register")
            let booked = Set(register.candidateIds)
            var lines: [TrainingEventsV1.RecordAttendanceRequest.Line] = []
            for wish in plan.events[number].wishes {
                let person = try Self.known(cast.person(plan.applications[wish.application].person), "a candidate")
                guard booked.contains(person.id) else { continue }
                lines.append(Self.line(wish.attendance, person.id))
            }
            try await Self.record(lines, "", "register-\(number)", Self.path(event), line)
            // Somebody counted as absent was there after all.
            if let absent = lines.firstIndex(where: { $0.kind == .absent }) {
                try await Self.record(
                    [Self.line(.late, lines[absent].candidateId)], "Signed in at the office.", "correct-\(number)",
                    Self.path(event), line)
            }
        }
    }

    private static func record(
        _ lines: [TrainingEventsV1.RecordAttendanceRequest.Line], _ reason: String, _ step: String, _ path: String,
        _ line: PlayLine
    ) async throws {
        guard !lines.isEmpty else { return }
        let _: TrainingEventsV1.RecordAttendanceReply = try await line.write(
            "POST", "\(path)/register", TrainingEventsV1.RecordAttendanceRequest(lines: lines, reason: reason), step: step)
    }

    /// Of the first part.
    private static func line(
        _ kind: TrainingEventsV1.AttendanceKind, _ candidate: String
    ) -> TrainingEventsV1.RecordAttendanceRequest.Line {
        let missed: Int32 =
            switch kind {
            case .late: 10
            case .part: 45
            default: 0
            }
        return .init(partNumber: 1, candidateId: candidate, kind: kind, minutesMissed: missed)
    }
}

extension PlannedEvent {
    /// - Parameter now: what an event that begins soon counts from.
    func parts(at now: Instant) -> [TrainingEventsV1.EventPart] {
        let beginning: Instant
        switch begins {
        case .at(let instant): beginning = instant
        case .soon(let minutes):
            let wholeMinutes = now.microseconds / 60_000_000 + Int64(minutes)
            beginning = Instant(microseconds: wholeMinutes * 60_000_000)
        }
        return parts.enumerated().map { index, part in
            let starts = beginning + part.offset
            return TrainingEventsV1.EventPart(
                number: Int32(index + 1), title: part.title, startsAt: .init(microsecondsSince1970: starts.microseconds),
                endsAt: .init(microsecondsSince1970: (starts + part.length).microseconds))
        }
    }
}
