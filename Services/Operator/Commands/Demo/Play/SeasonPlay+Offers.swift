import Contracts
import HTTPClient

/// Answers to the offers that came of places given up.
extension SeasonPlay {
    /// An answer may lead to another offer; after so many rounds what is open stays open.
    private static let mostRounds = 20

    private struct OpenOffer: Sendable {
        let entry: TrainingEventsV1.WaitingEntry
        let event: Int
        let application: Int
        /// Of the answers that this person will give, the next.
        let number: Int
        let answer: PlannedEvent.Wish.Answer
    }

    func answerOffers() async throws {
        for round in 1...Self.mostRounds {
            let offers = try await crew.ask { line in try await open(line) }
            if offers.isEmpty { return }
            try await crew.play("answering offers, round \(round)", offers) { offer, line in
                try await give(offer, line)
            }
        }
    }

    /// Those of this season that somebody will answer.
    private func open(_ line: PlayLine) async throws -> [OpenOffer] {
        var offers: [OpenOffer] = []
        var token = ""
        repeat {
            let page: TrainingEventsV1.ListWaitingReply = try await line.get(
                "/v1/waiting?status=WAITING_STATUS_OFFERED&pageSize=100&pageToken=\(HTTPRequest.encoded(token))")
            offers += page.entries.compactMap(offer)
            token = page.nextPageToken
        } while !token.isEmpty
        return offers
    }

    private func offer(_ entry: TrainingEventsV1.WaitingEntry) -> OpenOffer? {
        guard let event = cast.eventNumber(entry.eventId), let application = cast.applicationNumber(entry.applicationId),
            let wish = plan.events[event].wishes.first(where: { $0.application == application })
        else { return nil }
        let number = cast.answers(entry.id)
        guard number < wish.answers.count else { return nil }
        return OpenOffer(
            entry: entry, event: event, application: application, number: number, answer: wish.answers[number])
    }

    private func give(_ offer: OpenOffer, _ line: PlayLine) async throws {
        let reply: TrainingEventsV1.BookPlaceReply = try await line.write(
            "POST", "/v1/waiting/\(HTTPRequest.encoded(offer.entry.id)):answer",
            TrainingEventsV1.AnswerOfferRequest(
                accept: offer.answer == .accept, keepPosition: offer.answer == .declineKeepingPosition,
                reason: SeasonPlanner.reason),
            step: "offer-\(offer.event)-\(offer.application)-\(offer.number)")
        cast.setAnswers(offer.entry.id, offer.number + 1)
        if case .booking(let booking) = reply.result {
            cast.setBooking(
                .init(event: offer.event, application: offer.application),
                .init(id: booking.id, version: booking.version))
        }
    }
}
