import Contracts
import HTTPClient
import RPC
import ServiceKit
import TestSupport
import Testing

@testable import GatewayService

@Suite("Overviews while services are away")
struct OverviewFailureTests {
    /// What each part comes from, written down here once more: the service, and the parts without which it is not whole.
    enum Overview: String, CaseIterable {
        case candidate, partner, cohort, event, search

        var parts: [String: (service: String, sources: [String])] {
            switch self {
            case .candidate:
                [
                    "candidate": ("enrolment", []), "school": ("partnership", []), "schoolGroup": ("partnership", []),
                    "applications": ("enrolment", []), "partners": ("partnership", ["applications"]),
                    "bookings": ("training-events", []), "waiting": ("training-events", []),
                    "events": ("training-events", ["bookings", "waiting"]), "attendance": ("training-events", []),
                    "diagnostics": ("diagnostics", []),
                ]
            case .partner:
                [
                    "partner": ("partnership", []), "counts": ("partnership", []), "members": ("partnership", []),
                    "applications": ("enrolment", []), "candidates": ("enrolment", ["applications"]),
                    "events": ("training-events", []),
                ]
            case .cohort:
                [
                    "cohort": ("enrolment", []), "applications": ("enrolment", []), "events": ("training-events", []),
                    "diagnostics": ("diagnostics", []), "nextEvents": ("training-events", []),
                ]
            case .event:
                [
                    "event": ("training-events", []), "partner": ("partnership", []),
                    "venueSchool": ("partnership", []), "bookings": ("training-events", []),
                    "waiting": ("training-events", []), "candidates": ("enrolment", ["bookings", "waiting"]),
                    "attendance": ("training-events", []), "diagnostics": ("diagnostics", ["bookings"]),
                ]
            case .search:
                [
                    "people": ("enrolment", []), "schools": ("partnership", []), "partners": ("partnership", []),
                    "events": ("training-events", []),
                ]
            }
        }

        /// The part that was the question; a search has none but all of them together.
        var question: String? { self == .search ? nil : rawValue }

        func ask(_ overviews: OverviewsClient, timeout: Duration? = nil) async throws -> [GatewayV1.Part] {
            let options = CallOptions(timeout: timeout)
            return switch self {
            case .candidate: try await overviews.getCandidateOverview(.init(id: "c"), options: options).parts
            case .partner: try await overviews.getPartnerOverview(.init(id: "p"), options: options).parts
            case .cohort: try await overviews.getCohortOverview(.init(id: "h"), options: options).parts
            case .event: try await overviews.getEventOverview(.init(id: "e"), options: options).parts
            case .search: try await overviews.search(.init(query: "q"), options: options).parts
            }
        }
    }

    @Test("any set of services may be dead, broken or late", arguments: Overview.allCases)
    func combinations(overview: Overview) async throws {
        for mask in 0..<16 {
            for code in [StatusCode.unavailable, .internal, .deadlineExceeded] {
                let wrong = try await Self.wrong(
                    overview, without: Self.services(mask), .failing(code), code.name, time: .seconds(600))
                #expect(wrong.isEmpty)
            }
        }
    }

    @Test("any service may hang, or all, and the answer comes in time", arguments: Overview.allCases)
    func hanging(overview: Overview) async throws {
        for mask in [1, 2, 4, 8, 15] {
            try await Self.withEnoughTime { time in
                try await Self.wrong(
                    overview, without: Self.services(mask), .hanging, "DEADLINE_EXCEEDED", time: time)
            }
        }
    }

    private static func services(_ mask: Int) -> Set<String> {
        Set(PeerService.allCases.enumerated().filter { mask >> $0.offset & 1 == 1 }.map(\.element.rawValue))
    }

    /// Expects that nothing is wrong, with a time that is short at first: on a busy machine even what does not hang can
    /// need more than that.
    private static func withEnoughTime(_ body: (Duration) async throws -> [String]) async throws {
        var wrong: [String] = []
        for milliseconds in [300, 3_000, 30_000] {
            wrong = try await body(.milliseconds(milliseconds))
            if wrong.isEmpty { return }
        }
        Issue.record("\(wrong)")
    }

    /// What is not as it has to be when these services fail so.
    private static func wrong(
        _ overview: Overview, without dead: Set<String>, _ mood: FakeSuite.Mood, _ status: String, time: Duration
    ) async throws -> [String] {
        let suite = FakeSuite()
        for service in dead { suite.set(mood, for: service) }
        let overviews = suite.overviews()
        let deadline = Deadline.after(time)
        let questions = overview.question.map { [$0] } ?? Array(overview.parts.keys)
        let isLost = questions.allSatisfy { dead.contains(overview.parts[$0]?.service ?? "") }
        var wrong: [String] = []
        do {
            let parts = try await overview.ask(overviews, timeout: time)
            if isLost { wrong.append("\(overview) is there without \(dead)") }
            wrong += parts.flatMap { Self.wrong($0, overview, dead, status) }
        } catch let error as RPCError {
            if !isLost || error.code.name != status { wrong.append("\(overview) without \(dead): \(error)") }
        }
        if deadline.hasPassed { wrong.append("\(overview) came too late") }
        return wrong
    }

    private static func wrong(
        _ part: GatewayV1.Part, _ overview: Overview, _ dead: Set<String>, _ status: String
    ) -> [String] {
        func isDead(_ name: String) -> Bool { dead.contains(overview.parts[name]?.service ?? "") }
        let facts = overview.parts[part.name]
        // No candidate of these has a group: there was nothing to ask for.
        let isMissing =
            part.name != "schoolGroup" && (isDead(part.name) || facts?.sources.contains(where: isDead) == true)
        let isRight =
            part.service == facts?.service && part.status == (isMissing ? status : "OK")
            && part.detail.isEmpty != isMissing && !part.detail.contains("secret")
        return isRight ? [] : ["\(part) of \(overview) without \(dead)"]
    }

    @Test("a part that hangs leaves time to those that need it, and they say what they lack")
    func hangingSource() async throws {
        try await Self.withEnoughTime { time in
            let suite = FakeSuite()
            suite.set(.hanging, for: "ListWaiting")
            let answer = try? await suite.overviews().getCandidateOverview(
                .init(id: "c"), options: CallOptions(timeout: time))
            let parts = answer?.parts.filter { $0.status != "OK" } ?? []
            let isRight =
                answer?.events.map(\.id) == ["e0", "e1", "e2"]
                && parts.map { "\($0.name) \($0.status)" } == ["waiting DEADLINE_EXCEEDED", "events DEADLINE_EXCEEDED"]
                && parts.last?.detail == "Those that waiting would name are missing."
            return isRight ? [] : parts.map { "\($0)" } + ["\(answer?.events.count ?? -1) events"]
        }
    }

    @Test("what only a missing part names is not asked for, and says so")
    func skipped() async throws {
        let suite = FakeSuite()
        suite.set(.failing(.unavailable), for: "ListApplications")
        let overview = try await suite.overviews().getCandidateOverview(.init(id: "c"))
        #expect(!suite.calls.all.contains { $0.hasPrefix("BatchGetPartners") })
        let part = try #require(overview.parts.first { $0.name == "partners" })
        #expect(part.status == "UNAVAILABLE")
        #expect(part.detail == "It was not asked for: applications, which names it, is missing.")
    }

    @Test("a record that is gone is missing by name, not an error of the whole")
    func partNotFound() async throws {
        let suite = FakeSuite()
        suite.set(.failing(.notFound), for: "GetSchool")
        let parts = try await suite.overviews().getEventOverview(.init(id: "e")).parts
        #expect(parts.filter { $0.status != "OK" }.map { "\($0.name) \($0.status)" } == ["venueSchool NOT_FOUND"])
    }

    @Test("the question's error comes at once, whatever else hangs")
    func questionFails() async throws {
        let suite = FakeSuite()
        for service in PeerService.allCases { suite.set(.hanging, for: service.rawValue) }
        suite.set(.failing(.notFound), for: "GetCandidate")
        let error = await #expect(throws: RPCError.self) {
            try await suite.overviews().getCandidateOverview(
                .init(id: "c"), options: CallOptions(timeout: .seconds(600)))
        }
        #expect(error?.code == .notFound && error?.message == "There is no such record.")
    }

    @Test("services have less time than the request, and what others need has less than the rest")
    func deadlines() async throws {
        let suite = FakeSuite()
        _ = try await suite.overviews().getCandidateOverview(
            .init(id: "c"), options: CallOptions(timeout: .seconds(100)))
        let end = Deadline.after(.seconds(100))
        func left(_ method: String) throws -> Duration {
            try #require(suite.context(of: method)?.deadline).instant.duration(to: end.instant)
        }
        #expect(try left("GetCandidate") >= Aggregation.reserve)
        #expect(try left("ListDiagnostics") >= Aggregation.reserve)
        #expect(try left("BatchGetPartners") >= Aggregation.reserve)
        #expect(try left("ListApplications") >= .seconds(39))
        // A short time is shared, not used up by the reserve.
        try await Self.withEnoughTime { time in
            do {
                _ = try await suite.overviews().getCandidateOverview(
                    .init(id: "c"), options: CallOptions(timeout: time))
                return []
            } catch {
                return ["within \(time): \(error)"]
            }
        }
    }

    @Test("over HTTP the answer is 200 in time with a service that hangs, 503, 404 and 504 without the question")
    func overHTTP() async throws {
        let suite = FakeSuite()
        try await Harness.run(channels: suite.channel) { gateway in
            suite.set(.hanging, for: "diagnostics")
            suite.set(.failing(.unavailable), for: "partnership")
            try await Self.withEnoughTime { time in
                let seconds = "\(time / .seconds(1))"
                let reply = try await gateway.send(
                    "GET", "/v1/candidates/c/overview", adding: [("Request-Timeout", seconds)])
                let parts = (try? GatewayV1.CandidateOverview(jsonText: reply.text).parts) ?? []
                let missing = parts.filter { $0.status != "OK" }.map { "\($0.name) \($0.service) \($0.status)" }
                let expected = [
                    "school partnership UNAVAILABLE", "partners partnership UNAVAILABLE",
                    "diagnostics diagnostics DEADLINE_EXCEEDED",
                ]
                return reply.status == 200 && missing == expected ? [] : missing + [reply.outcome]
            }
            let gone = try await gateway.send("GET", "/v1/partners/p/overview", adding: [])
            #expect(gone.outcome == "503 UNAVAILABLE" && gone.field("Retry-After") == "1")
            suite.set(.failing(.notFound), for: "enrolment")
            #expect(try await gateway.send("GET", "/v1/cohorts/h/overview", adding: []).outcome == "404 NOT_FOUND")
            suite.set(.hanging, for: "training-events")
            let late = try await gateway.send("GET", "/v1/events/e/overview", adding: [("Request-Timeout", "0.3")])
            #expect(late.outcome == "504 DEADLINE_EXCEEDED")
            #expect(gateway.log.lines.contains { $0.message == "part missing" && $0.metadata["part.name"] == "school" })
        }
    }
}
