import Contracts
import SuiteSupport
import TestSupport
import Testing

extension OfficeStory {
    func thePartnerSeesItsCounts() async throws {
        // They follow the other services by a moment.
        let expected: [Int64: [Int64]] = [
            schools[0].urn: [2, 1, 0, 1],  // Amina and Ben, who is still in; the conference
            schools[1].urn: [1, 1, 2, 0],  // Carys with two places
        ]
        var counts = PartnershipV1.PartnerCounts()
        func bySchool() -> [Int64: [Int64]] {
            Dictionary(uniqueKeysWithValues: counts.schools.map {
                ($0.schoolUrn, [$0.candidates, $0.participants, $0.places, $0.events])
            })
        }
        do {
            try await poll(until: "the partner's counts", timeout: .seconds(10)) {
                counts = try await suite.call("GET", "/v1/partners/\(partner.id)/counts")
                return bySchool() == expected && counts.ownApplications == 2
            }
        } catch is PollTimeout {}
        #expect(bySchool() == expected)
        #expect([counts.candidates, counts.participants, counts.places, counts.events] == [3, 2, 2, 1])
        #expect([counts.ownApplications, counts.ownParticipants, counts.ownEvents] == [2, 1, 1])
    }

    func everyOverviewIsComplete() async throws {
        let carys: GatewayV1.CandidateOverview = try await suite.call(
            "GET", "/v1/candidates/\(try person("Carys").id)/overview")
        expectWhole(carys.parts)
        #expect(carys.candidate?.fullName == "Carys Lloyd")
        #expect(carys.school?.urn == schools[1].urn)
        #expect(carys.applications.map(\.id) == [try application("Carys").id])
        #expect(Set(carys.events.map(\.id)) == [conference.id, workshop.id])
        #expect(carys.bookings.count == 2 && carys.attendance.map(\.kind) == [.present])
        #expect(carys.diagnostics.map(\.status) == [.submitted])
        let dev: GatewayV1.CandidateOverview = try await suite.call(
            "GET", "/v1/candidates/\(try person("Dev").id)/overview")
        expectWhole(dev.parts)
        #expect(dev.partners.map(\.id) == [partner.id])

        let hub: GatewayV1.PartnerOverview = try await suite.call("GET", "/v1/partners/\(partner.id)/overview")
        expectWhole(hub.parts)
        #expect(Set(hub.members.map(\.schoolUrn)) == Set(schools.prefix(2).map(\.urn)))
        #expect(hub.counts?.candidates == 3)
        #expect(Set(hub.candidates.map(\.id)) == Set([try person("Dev").id, try person("Elin").id]))
        #expect(hub.events.map(\.id) == [conference.id])

        let year: GatewayV1.CohortOverview = try await suite.call("GET", "/v1/cohorts/\(cohort.id)/overview")
        expectWhole(year.parts)
        #expect(year.applications.reduce(0) { $0 + $1.applications } == 5)
        #expect(year.events.reduce(0) { $0 + $1.booked } == 4)
        #expect(year.diagnostics.reduce(0) { $0 + $1.diagnostics } == 4)
        #expect(year.nextEvents.map(\.id) == [workshop.id, conference.id])

        let day: GatewayV1.EventOverview = try await suite.call("GET", "/v1/events/\(conference.id)/overview")
        expectWhole(day.parts)
        #expect(day.partner?.id == partner.id && day.venueSchool?.urn == schools[0].urn)
        #expect(Set(day.candidates.map(\.fullName)) == ["Carys Lloyd", "Dev Wensum"])
        #expect(day.diagnostics.count == 2)
    }

    private func expectWhole(_ parts: [GatewayV1.Part]) {
        #expect(!parts.isEmpty)
        #expect(parts.filter { $0.status != "OK" || $0.truncated } == [])
    }

    func oneSearchFindsEverything() async throws {
        func found(_ query: String) async throws -> GatewayV1.SearchReply {
            let reply: GatewayV1.SearchReply = try await suite.call(
                "POST", "/v1/search", GatewayV1.SearchRequest(query: query))
            expectWhole(reply.parts)
            return reply
        }
        let wensum = try await found("wensum")
        #expect(Set(wensum.people.map(\.fullName)) == ["Dev Wensum", "Elin Wensum"])
        #expect(wensum.partners.map(\.id) == [partner.id])
        #expect(Set(try await found("broadland").events.map(\.id)) == [conference.id, workshop.id])
        #expect(try await found("\(schools[1].urn)").schools.map(\.urn) == [schools[1].urn])
        #expect(try await found("1234563").people.map(\.fullName) == ["Carys Lloyd"])
    }
}
