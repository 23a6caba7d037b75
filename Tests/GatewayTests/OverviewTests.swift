import Contracts
import HTTPClient
import ProtoJSON
import RPC
import ServiceKit
import TestSupport
import Testing

@testable import GatewayService

@Suite("Overviews")
struct OverviewTests {
    @Test("parts that need nothing of each other are asked for at once, and each list's records in one call")
    func parallel() async throws {
        // Each meeting opens only when everybody is there: a part that waited for another would make all of them late.
        let suite = FakeSuite(rows: 60)
        suite.meet(
            "GetCandidate", "ListApplications", "ListBookings", "ListWaiting", "ListAttendance", "ListDiagnostics")
        suite.meet("GetSchool", "BatchGetPartners", "BatchGetEvents")
        let overview = try await suite.overviews().getCandidateOverview(.init(id: "c"))
        #expect(overview.parts.allSatisfy { $0.status == "OK" && $0.detail.isEmpty }, "\(overview.parts)")
        // The last three in any order: 2 partners of 60 applications, 120 events of 60 bookings and 60 entries.
        #expect(suite.calls.all.suffix(3).sorted() == ["BatchGetEvents 120", "BatchGetPartners 2", "GetSchool"])
        #expect(suite.calls.all.count == 9)
        #expect(overview.applications.count == 60 && overview.bookings.count == 60 && overview.waiting.count == 60)
        #expect(overview.partners.map(\.id) == ["p1", "p0"] && overview.events.count == 120)
        #expect(overview.school?.urn == 100_001 && overview.schoolGroup == nil && overview.attendance.count == 1)
    }

    @Test("an event's people, however many, cost one call")
    func event() async throws {
        let suite = FakeSuite(rows: 100)
        suite.meet("GetEvent", "ListBookings", "ListWaiting", "GetRegister")
        suite.meet("GetPartner", "GetSchool", "BatchGetCandidates", "ListDiagnostics")
        let overview = try await suite.overviews().getEventOverview(.init(id: "e"))
        #expect(
            suite.calls.all.suffix(4).sorted()
                == ["BatchGetCandidates 200", "GetPartner", "GetSchool", "ListDiagnostics 100"])
        #expect(suite.calls.all.count == 8)
        #expect(overview.candidates.count == 200 && overview.partner?.id == "p1" && overview.venueSchool != nil)
        #expect(overview.parts.allSatisfy { $0.status == "OK" && !$0.truncated })
    }

    @Test("a partner's and a cohort's parts are asked for at once too")
    func others() async throws {
        let suite = FakeSuite()
        suite.meet("GetPartner", "GetPartnerCounts", "ListPartnerMembers", "ListApplications", "ListEvents")
        let partner = try await suite.overviews().getPartnerOverview(.init(id: "p"))
        #expect(suite.calls.all.last == "BatchGetCandidates 3" && suite.calls.all.count == 6)
        #expect(partner.candidates.map(\.id) == ["c0", "c1", "c2"])
        // Members are those of the day in London, where it is July already.
        #expect(partner.counts?.asOf == .init(year: 2026, month: 7, day: 1))

        let other = FakeSuite()
        other.meet("GetCohort", "CountApplications", "CountEvents", "CountDiagnostics", "ListEvents")
        let cohort = try await other.overviews().getCohortOverview(.init(id: "2026b"))
        #expect(other.calls.all.count == 5 && cohort.applications.first?.applications == 4)
        #expect(cohort.nextEvents.map(\.id) == ["e"])
    }

    @Test("every field of an answer has its part")
    func complete() async throws {
        let overviews = FakeSuite().overviews()
        #expect(try await overviews.getCandidateOverview(.init(id: "c")).partsAreComplete)
        #expect(try await overviews.getPartnerOverview(.init(id: "p")).partsAreComplete)
        #expect(try await overviews.getCohortOverview(.init(id: "h")).partsAreComplete)
        #expect(try await overviews.getEventOverview(.init(id: "e")).partsAreComplete)
        #expect(try await overviews.search(.init(query: "q")).partsAreComplete)
    }

    @Test("a list of which there is more says so")
    func truncated() async throws {
        let overview = try await FakeSuite().overviews().getCandidateOverview(.init(id: "c"))
        #expect(overview.parts.filter(\.truncated).map(\.name) == ["attendance"])
        let found = try await FakeSuite().overviews().search(.init(query: "q"))
        #expect(found.parts.filter(\.truncated).map(\.name) == ["partners"])
    }

    @Test("nobody is asked for records that nothing names")
    func nothingNamed() async throws {
        let suite = FakeSuite(rows: 0)
        let overview = try await suite.overviews().getCandidateOverview(.init(id: "c"))
        #expect(!suite.calls.all.contains { $0.hasPrefix("BatchGet") || $0 == "GetSchoolGroup" })
        #expect(overview.parts.allSatisfy { $0.status == "OK" })
    }

    @Test("a search asks those who know the wanted kinds, all at once")
    func search() async throws {
        let suite = FakeSuite()
        suite.meet("SearchCandidates", "SearchSchools", "ListPartners", "ListEvents")
        let all = try await suite.overviews().search(.init(query: "st marys"))
        #expect(all.parts.map(\.name) == ["people", "schools", "partners", "events"])
        #expect(all.people.count == 1 && all.schools.count == 1 && all.partners.count == 1 && all.events.count == 1)

        let other = FakeSuite()
        let some = try await other.overviews().search(.init(query: "st marys", kinds: [.events, .schools]))
        #expect(some.parts.map(\.name) == ["schools", "events"])
        #expect(other.calls.all.sorted() == ["ListEvents", "SearchSchools"])
    }

    @Test(
        "a search for nothing, too much or an unknown kind is refused before anybody is asked",
        arguments: [
            (GatewayV1.SearchRequest(), "query must be 1 to 200 characters."),
            (.init(query: "  "), "query must be 1 to 200 characters."),
            (.init(query: String(repeating: "x", count: 201)), "query must be 1 to 200 characters."),
            (.init(query: "q", limit: 21), "limit must be 1 to 20, or 0 for 5."),
            (.init(query: "q", kinds: [.unspecified]), "kinds[0] must be one that this release knows."),
            (.init(query: "q", kinds: [.people, .unrecognized(9)]), "kinds[1] must be one that this release knows."),
        ])
    func refused(request: GatewayV1.SearchRequest, message: String) async throws {
        let suite = FakeSuite()
        let error = await #expect(throws: RPCError.self) { try await suite.overviews().search(request) }
        #expect(error?.code == .invalidArgument && error?.message == message && suite.calls.all.isEmpty)
    }

    @Test("over HTTP an overview is an answer like any other, and the actor goes on to every service")
    func overHTTP() async throws {
        let suite = FakeSuite()
        try await Harness.run(channels: suite.channel) { gateway in
            let reply = try await gateway.send("GET", "/v1/candidates/c/overview", adding: [("X-Request-Id", "my-id")])
            #expect(reply.status == 200 && reply.field("X-Request-Id") == "my-id")
            #expect(try GatewayV1.CandidateOverview(jsonText: reply.text).candidate?.id == "c")
            for method in ["GetCandidate", "BatchGetPartners", "BatchGetEvents", "ListDiagnostics"] {
                let context = try #require(suite.context(of: method))
                #expect(context.requestID == "my-id" && context.actorKind == "token", "\(method)")
            }
            let found = try await gateway.send("POST", "/v1/search", adding: [], json: #"{"query":"q","limit":2}"#)
            #expect(found.status == 200 && found.text.contains(#""people":[{"id":"c""#))
            #expect(
                gateway.metrics.text.contains(#"olp_gateway_parts_total{service="partnership",status="OK"}"#))
        }
    }
}

/// An answer that says what became of each of its parts.
protocol AnswerOfParts: JSONMessage {
    var parts: [GatewayV1.Part] { get }
}

extension AnswerOfParts {
    var partsAreComplete: Bool {
        Set(parts.map(\.name)) == Set(Self.fields.map(\.jsonName).filter { $0 != "parts" })
            && Set(parts.map(\.name)).count == parts.count
            && parts.allSatisfy { PeerService(rawValue: $0.service) != nil }
    }
}

extension GatewayV1.CandidateOverview: AnswerOfParts {}
extension GatewayV1.PartnerOverview: AnswerOfParts {}
extension GatewayV1.CohortOverview: AnswerOfParts {}
extension GatewayV1.EventOverview: AnswerOfParts {}
extension GatewayV1.SearchReply: AnswerOfParts {}
