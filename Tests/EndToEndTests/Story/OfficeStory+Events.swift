import Contracts
import SuiteSupport
import TestSupport
import Testing

extension OfficeStory {
    private typealias V1 = TrainingEventsV1

    mutating func anEventIsScheduledAndFills() async throws {
        var request = V1.ScheduleEventRequest.event(
            "Broadland Conference", in: cohort.id, beginsIn: .seconds(30 * 86400), capacity: 2)
        request.partnerId = partner.id
        request.venue = .init(name: schools[0].name, schoolUrn: schools[0].urn)
        conference = try await suite.call("POST", "/v1/events", request)

        let elin = V1.BookPlaceRequest(eventId: conference.id, applicationId: try application("Elin").id)
        #expect(try await suite.refusal("POST", "/v1/bookings", elin).contains("NOT_A_PARTICIPANT"))
        _ = try await booking("Amina", conference)
        _ = try await booking("Ben", conference)
        let carys = V1.BookPlaceRequest(eventId: conference.id, applicationId: try application("Carys").id)
        #expect(try await suite.refusal("POST", "/v1/bookings", carys).contains("NO_PLACE"))
        try await changes.hears("booking.made")
    }

    func theOthersWait() async throws {
        for name in ["Carys", "Dev"] {
            let reply: V1.BookPlaceReply = try await suite.call(
                "POST", "/v1/bookings",
                V1.BookPlaceRequest(eventId: conference.id, applicationId: try application(name).id, orWait: true))
            guard case .waiting(let entry) = reply.result else {
                Issue.record("\(name) should wait: \(reply)")
                continue
            }
            #expect(entry.status == .waiting)
        }
        #expect(try await places() == .init(capacity: 2, booked: 2, waiting: 2))
    }

    func aCancellationBecomesAnOfferThatIsTaken() async throws {
        let list: V1.ListBookingsReply = try await suite.call(
            "GET", "/v1/bookings?applicationId=\(try application("Ben").id)")
        let place = try #require(list.bookings.first)
        let cancelled: V1.Booking = try await suite.call(
            "POST", "/v1/bookings/\(place.id):cancel", V1.CancelBookingRequest(reason: "ill"),
            fields: [("If-Match", "\"\(place.version)\"")])
        #expect(cancelled.status == .cancelled)
        #expect(try await places() == .init(capacity: 2, booked: 1, offered: 1, waiting: 1))
        let booked = try await acceptOffer("Carys")
        #expect(booked.offerId != nil)
        try await changes.hears("waiting.offered")
        try await changes.hears("waiting.accepted")
    }

    mutating func aWithdrawalReleasesAPlace() async throws {
        let amina = try application("Amina")
        let withdrawal = EnrolmentV1.WithdrawApplicationRequest(statusReason: "change-in-career", reason: "left")
        let early = try await suite.refusal(
            "POST", "/v1/applications/\(amina.id):withdraw", withdrawal, fields: version(amina))
        #expect(early.contains("NOT_STARTED"), "\(early)")
        let started: EnrolmentV1.Application = try await suite.call(
            "POST", "/v1/applications/\(amina.id):declare", EnrolmentV1.RecordDeclarationRequest(declaration: .started),
            fields: version(amina))
        let withdrawn: EnrolmentV1.Application = try await suite.call(
            "POST", "/v1/applications/\(amina.id):withdraw", withdrawal, fields: version(started))
        #expect(withdrawn.trainingStatus == .withdrawn)
        applications["Amina"] = withdrawn
        _ = try await acceptOffer("Dev")
        #expect(try await places() == .init(capacity: 2, booked: 2))
        try await changes.hears("booking.released")
        let decisions: V1.ListPromotionDecisionsReply = try await suite.call(
            "GET", "/v1/events/\(conference.id)/promotions")
        #expect(decisions.decisions.map(\.outcome) == ["offered", "offered"])
    }

    mutating func theRegisterIsTaken() async throws {
        // Begins so soon that its register is open.
        workshop = try await suite.call(
            "POST", "/v1/events",
            V1.ScheduleEventRequest.event("Broadland Workshop", in: cohort.id, beginsIn: .seconds(600), capacity: 10))
        _ = try await booking("Carys", workshop)
        _ = try await booking("Dev", workshop)
        let (carys, dev) = try (person("Carys").id, person("Dev").id)
        let path = "/v1/events/\(workshop.id)/register"
        let taken: V1.RecordAttendanceReply = try await suite.call(
            "POST", path,
            V1.RecordAttendanceRequest(lines: [
                .init(partNumber: 1, candidateId: carys, kind: .present),
                .init(partNumber: 1, candidateId: dev, kind: .absent),
            ]))
        #expect(taken.lines.count == 2)
        var correction = V1.RecordAttendanceRequest(lines: [
            .init(partNumber: 1, candidateId: dev, kind: .late, minutesMissed: 20)
        ])
        #expect(try await suite.refusal("POST", path, correction).contains("reason"))
        correction.reason = "came by the late train"
        let _: V1.RecordAttendanceReply = try await suite.call("POST", path, correction)
        let register: V1.GetRegisterReply = try await suite.call("GET", path)
        let kinds = Dictionary(uniqueKeysWithValues: register.lines.map { ($0.candidateId, $0.kind) })
        #expect(kinds == [carys: .present, dev: .late])
    }

    // MARK: What these share

    private func booking(_ name: String, _ event: V1.Event) async throws -> V1.Booking {
        let reply: V1.BookPlaceReply = try await suite.call(
            "POST", "/v1/bookings",
            V1.BookPlaceRequest(eventId: event.id, applicationId: try application(name).id, reason: "asked for it"))
        guard case .booking(let booking) = reply.result else { throw Unexpected(description: "\(reply)") }
        return booking
    }

    /// Waits for the offer: it may come of another service's news.
    private func acceptOffer(_ name: String) async throws -> V1.Booking {
        let candidate = try person(name).id
        let entry = try await poll(for: "an offer to \(name)", timeout: RunningSuite.patience) {
            let list: V1.ListWaitingReply = try await suite.call(
                "GET", "/v1/waiting?candidateId=\(candidate)&status=WAITING_STATUS_OFFERED")
            return list.entries.first
        }
        let reply: V1.BookPlaceReply = try await suite.call(
            "POST", "/v1/waiting/\(entry.id):answer", V1.AnswerOfferRequest(accept: true))
        guard case .booking(let booking) = reply.result else { throw Unexpected(description: "\(reply)") }
        return booking
    }

    private func places() async throws -> V1.Places {
        let event: V1.Event = try await suite.call("GET", "/v1/events/\(conference.id)")
        return event.places ?? .init()
    }

    struct Unexpected: Error, CustomStringConvertible {
        let description: String
    }
}
