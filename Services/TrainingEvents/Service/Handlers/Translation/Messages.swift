import Contracts
import ServiceKit
import Values

extension TrainingEventsV1.Event {
    init(_ event: TrainingEvent) {
        let plan = event.plan
        let places = event.places
        self.init(
            id: event.id.text, title: plan.title, programme: event.subject.programme, module: event.subject.module,
            cohortId: event.subject.cohortID, partnerId: event.subject.partnerID,
            status: .init(rawValue: Int32(event.status.rawValue)),
            venue: .init(name: plan.venue.name, postcode: plan.venue.postcode?.text ?? "",
                         schoolUrn: plan.venue.school.map { Int64($0.number) }, online: plan.venue.isOnline),
            parts: plan.parts.map { part in
                .init(number: Int32(part.number), title: part.title, startsAt: .init(part.startsAt),
                      endsAt: .init(part.endsAt))
            },
            capacity: Int32(plan.capacity), minimum: Int32(plan.minimum), reserved: Int32(plan.reserved),
            blocked: Int32(plan.blocked),
            places: .init(
                capacity: Int32(places.capacity), booked: Int32(places.booked), offered: Int32(places.offered),
                reserved: Int32(places.reserved), blocked: Int32(places.blocked), free: Int32(places.free),
                waiting: Int32(event.waiting)),
            version: event.version)
    }
}

extension TrainingEventsV1.Booking {
    init(_ booking: Booking) {
        self.init(
            id: booking.id.text, eventId: booking.eventID.text, candidateId: booking.candidateID,
            applicationId: booking.applicationID, status: .init(rawValue: Int32(booking.status.rawValue)),
            statusReason: booking.statusReason, offerId: booking.offerID?.text, bookedAt: .init(booking.bookedAt),
            endedAt: booking.endedAt.map { .init($0) }, version: booking.version)
    }
}

extension TrainingEventsV1.WaitingEntry {
    init(_ entry: WaitingEntry) {
        self.init(
            id: entry.id.text, eventId: entry.eventID.text, candidateId: entry.candidateID,
            applicationId: entry.applicationID, priority: .init(rawValue: Int32(entry.priority.rawValue)),
            status: .init(rawValue: Int32(entry.status.rawValue)), joinedAt: .init(entry.joinedAt),
            offerExpiresAt: entry.offerExpiresAt.map { .init($0) }, bookWithoutAsking: entry.booksWithoutAsking,
            version: entry.version)
    }
}

extension TrainingEventsV1.BookPlaceReply {
    init(_ outcome: PlaceOutcome) {
        switch outcome {
        case .booked(let booking): self.init(result: .booking(.init(booking)))
        case .waits(let entry): self.init(result: .waiting(.init(entry)))
        }
    }
}

extension TrainingEventsV1.Attendance {
    init(_ line: AttendanceLine) {
        let mark = line.mark
        self.init(
            id: line.id.text, eventId: line.eventID.text, partNumber: Int32(mark.partNumber),
            candidateId: mark.candidateID, kind: .init(rawValue: Int32(mark.kind.rawValue)),
            minutesMissed: Int32(mark.minutesMissed), note: mark.note, recordedAt: .init(line.recordedAt),
            recordedBy: line.recordedBy)
    }
}

extension TrainingEventsV1.Participant {
    init(_ participant: Participant) {
        self.init(
            applicationId: participant.applicationID, candidateId: participant.candidateID,
            programme: participant.programme, cohortId: participant.cohortID,
            schoolUrn: participant.school.map { Int64($0.number) },
            state: .init(rawValue: Int32(participant.state.rawValue)))
    }
}
