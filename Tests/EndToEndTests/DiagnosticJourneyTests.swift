import Contracts
import HTTPClient
import SuiteSupport
import TestSupport
import Testing

@Suite("A diagnostic, from the acceptance to the profile")
struct DiagnosticJourneyTests {
    @Test("is assigned and answered over HTTP; no acknowledged answer is lost when services are killed between them")
    func journey() async throws {
        try await RunningSuite.with { suite in
            let application = try await accepted(suite)
            let assigned = try await diagnostic(of: application.id, suite)
            let path = "/v1/diagnostics/\(assigned.id)"
            var sheet: DiagnosticsV1.Sheet = try await suite.call("POST", "\(path):start", DiagnosticsV1.StartDiagnosticRequest())
            let items = try #require(sheet.instrument).items
            for (round, start) in stride(from: 0, to: items.count, by: 15).enumerated() {
                let answers = items[start..<min(start + 15, items.count)].map {
                    DiagnosticsV1.Answer(itemId: $0.id, choice: .value(Int32(round) + 2))
                }
                let version = try #require(sheet.diagnostic).version
                try await answer(path, answers, version: version, key: "round-\(round)", suite)
                let killed = try await suite.killService("diagnostics")
                try await suite.waitForRestart(of: "diagnostics", after: killed)
                sheet = try await suite.call("GET", "\(path)/sheet")
                #expect(sheet.answers.count == min(start + 15, items.count))
                #expect(sheet.diagnostic?.version == version + 1)
            }
            let profile: DiagnosticsV1.Profile = try await suite.call(
                "POST", "\(path):submit", DiagnosticsV1.SubmitDiagnosticRequest(),
                fields: [("If-Match", "\"\(try #require(sheet.diagnostic).version)\"")])
            #expect(profile.scores.count == 13 && profile.scores.allSatisfy { ($0.mean ?? 0) >= 2 && ($0.mean ?? 9) <= 4 })
            #expect(profile.diagnostic?.status == .submitted)

            // Whatever happened, the application has one diagnostic, and each version of it was told once.
            let held = try await diagnostic(of: application.id, suite)
            #expect(held == profile.diagnostic)
            let feed = try await suite.olp("call", "diagnostics", "Feed/Follow", "{\"untilNow\": true}")
            let events = try feed.output.split(separator: "\n").map { try CommonV1.FeedEvent(jsonText: String($0)) }
            #expect(events.map(\.subjectVersion) == Array(1...held.version))
        }
    }

    /// Repeated with its key until it is answered: the service may be killed at any moment.
    private func answer(
        _ path: String, _ answers: [DiagnosticsV1.Answer], version: Int64, key: String, _ suite: RunningSuite
    ) async throws {
        let body = DiagnosticsV1.AnswerItemsRequest(answers: answers).jsonText()
        let fields = [(name: "Idempotency-Key", value: key), (name: "If-Match", value: "\"\(version)\"")]
        try await poll(until: "an answer to \(key)", timeout: RunningSuite.patience) {
            let reply = try await suite.send("POST", "\(path):answer", json: body, fields: fields)
            guard !reply.isSuccess else { return true }
            guard reply.status == 503 || reply.status == 504 else { throw RunningSuite.Refused(reply) }
            return false
        }
    }

    private func diagnostic(of application: String, _ suite: RunningSuite) async throws -> DiagnosticsV1.Diagnostic {
        try await poll(for: "the diagnostic", timeout: RunningSuite.patience) {
            let reply: DiagnosticsV1.ListDiagnosticsReply = try await suite.call(
                "GET", "/v1/diagnostics?applicationId=\(application)")
            #expect(reply.diagnostics.count <= 1)
            return reply.diagnostics.first
        }
    }

    private func accepted(_ suite: RunningSuite) async throws -> EnrolmentV1.Application {
        let (first, last) = (CommonV1.Date(year: 2017, month: 1, day: 1), CommonV1.Date(year: 2099, month: 12, day: 31))
        let schedule = EnrolmentV1.Schedule(
            identifier: "autumn", courseGroup: .leadership, acceptanceFrom: first, acceptanceTo: last, startsOn: first,
            endsOn: last)
        let cohort: EnrolmentV1.Cohort = try await suite.call("POST", "/v1/cohorts", EnrolmentV1.OpenCohortRequest(
            id: "2025a", name: "Autumn", fundingCap: .full, applicationsFrom: first, applicationsTo: last,
            schedules: [schedule]))
        let candidate: EnrolmentV1.Candidate = try await suite.call(
            "POST", "/v1/candidates", EnrolmentV1.RegisterCandidateRequest(fullName: "Ada Example"))
        let submitted: EnrolmentV1.Application = try await suite.call(
            "POST", "/v1/applications", EnrolmentV1.SubmitApplicationRequest(
                candidateId: candidate.id, programme: "npq-senior-leadership", cohortId: cohort.id))
        return try await suite.call(
            "POST", "/v1/applications/\(submitted.id):accept", EnrolmentV1.AcceptApplicationRequest(),
            fields: [("If-Match", "\"\(submitted.version)\"")])
    }
}
