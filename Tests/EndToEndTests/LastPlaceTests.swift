import Contracts
import HTTPClient
import SuiteSupport
import TestSupport
import Testing

@Suite("The last place, through the gateway")
struct LastPlaceTests {
    static let clients = 64

    @Test("of 64 clients that want it at once one gets it, and the others are told why not")
    func lastPlace() async throws {
        try await RunningSuite.with { suite in
            let cohort = try await suite.openCohort()
            let people = try await enrolled(suite, cohort.id)
            let event: TrainingEventsV1.Event = try await suite.call(
                "POST", "/v1/events",
                TrainingEventsV1.ScheduleEventRequest.event(
                    "Conference 1", in: cohort.id, beginsIn: .seconds(30 * 86400), capacity: 1))
            let replies = try await booked(suite, people, event.id)

            let winners = replies.filter(\.isSuccess)
            #expect(winners.count == 1)
            for loser in replies where !loser.isSuccess {
                #expect(loser.status == 400 && loser.text.contains("NO_PLACE"), "\(loser.status) \(loser.text)")
            }
            let after: TrainingEventsV1.Event = try await suite.call("GET", "/v1/events/\(event.id)")
            #expect(after.places?.booked == 1)
            #expect(after.places?.free == 0)
            let standing: TrainingEventsV1.ListBookingsReply = try await suite.call(
                "GET", "/v1/bookings?eventId=\(event.id)")
            let won = try winners.map { try TrainingEventsV1.BookPlaceReply(jsonText: $0.text).result }
            #expect(standing.bookings.map { .booking($0) } == won)
        }
    }

    private func enrolled(_ suite: RunningSuite, _ cohort: String) async throws -> [EnrolmentV1.Application] {
        var people: [EnrolmentV1.Application] = []
        for number in 1...Self.clients { people.append(try await suite.enrol("Person \(number)", in: cohort)) }
        try await suite.becomeParticipants(people)
        return people
    }

    /// What each of the clients is told, on a connection of its own.
    private func booked(
        _ suite: RunningSuite, _ people: [EnrolmentV1.Application], _ event: String
    ) async throws -> [HTTPReply] {
        try await withThrowingTaskGroup(of: HTTPReply.self) { group in
            for person in people {
                let wish = TrainingEventsV1.BookPlaceRequest(eventId: event, applicationId: person.id)
                group.addTask { try await suite.send("POST", "/v1/bookings", json: wish.jsonText()) }
            }
            var replies: [HTTPReply] = []
            for try await reply in group { replies.append(reply) }
            return replies
        }
    }
}
